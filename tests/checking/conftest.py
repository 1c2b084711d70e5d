"""What every test of the words of a check starts from."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from autograder.checking.verdict import Verdict
from autograder.model import Outcome


@pytest.fixture(scope="session")
def refused() -> Callable[..., Verdict]:
    """Use a word of a check that must not hold; gives the verdict `failed` that it raises."""

    def use(word: Callable, *args: Any, **kwargs: Any) -> Verdict:
        with pytest.raises(Verdict) as caught:
            word(*args, **kwargs)
        assert caught.value.outcome is Outcome.FAILED
        return caught.value

    return use
