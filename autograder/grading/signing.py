"""The secret of a folder of results: it tells our results from others, and hides the inputs of hidden checks.

It is made with the folder and never leaves it. Whoever can write into the folder could read the secret too; it is there
for what reaches the folder by other ways, such as a file that a submission holds. What the hidden checks draw from is
derived from it and stands in each result for the staff, so that a mark can be reproduced.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import re
import secrets
from pathlib import Path

from ..errors import ResultsError

FILE = ".secret"
BYTES = 32
END = b"\n}"  # of a result as JSON with an indent
SIGNED = re.compile(rb'(.*),\n "signature": "([0-9a-f]{64})"\n\}\n', re.DOTALL)


class Secret:
    """The secret of one folder."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    @classmethod
    def of(cls, folder: Path) -> Secret | None:
        """The secret of a folder, if it has one.

        Raises:
            ResultsError: it cannot be read.
        """
        path = folder / FILE
        try:
            value = bytes.fromhex(path.read_text(encoding="ascii"))
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            raise ResultsError(
                f"{path} cannot be read ({error}); without it no result in {folder} can be told."
            ) from error
        return cls(value)

    @classmethod
    def new(cls) -> Secret:
        """A secret that nobody knows."""
        return cls(secrets.token_bytes(BYTES))

    def keep(self, folder: Path) -> None:
        """Store it in a folder, for nobody else to read; in place of none, since results hang on an older one."""
        path = folder / FILE
        unfinished = folder / f".unfinished-{FILE}-{os.getpid()}"
        with contextlib.suppress(FileNotFoundError):
            unfinished.unlink()
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(self._value.hex())
            file.flush()
            os.fsync(file.fileno())
        os.replace(unfinished, path)

    @property
    def of_hidden_checks(self) -> str:
        """What the inputs of hidden checks are drawn from besides the seed."""
        return self._derived(b"hidden checks").hex()[:32]

    def signed(self, text: str) -> bytes:
        """A result as JSON with an indent, with its signature as the last field."""
        body = text.encode().removesuffix(END)
        return body + f',\n "signature": "{self._signature(body)}"\n}}\n'.encode()

    def has_signed(self, content: bytes) -> bool:
        """Whether a file is one that was signed by this secret, and was not changed since."""
        match = SIGNED.fullmatch(content)
        return match is not None and hmac.compare_digest(match[2].decode(), self._signature(match[1]))

    def _signature(self, body: bytes) -> str:
        return hmac.new(self._derived(b"results"), body, hashlib.sha256).hexdigest()

    def _derived(self, purpose: bytes) -> bytes:
        return hmac.new(self._value, purpose, hashlib.sha256).digest()
