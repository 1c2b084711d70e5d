"""What came back in the checks of a submission, kept to compare it with known mistakes, as far as there is room."""

from __future__ import annotations

from ..diagnosis.check_run import CheckRun
from ..values import leaves, size_of

# Of all answers of a submission together. The comparison with every known mistake must take seconds, whatever came
# back. Right code and known mistakes stay below a tenth of both.
MOST_BYTES = 16 << 20
MOST_LEAVES = 10_000


class KeptRuns:
    """The checks that passed or failed; none if their answers are too large together.

    A name that only some of the answers were asked about could be false.
    """

    def __init__(self) -> None:
        self.runs: list[CheckRun] = []
        self._bytes = 0
        self._leaves = 0

    @property
    def is_whole(self) -> bool:
        """Whether every run was kept."""
        return self._bytes <= MOST_BYTES and self._leaves <= MOST_LEAVES

    def add(self, run: CheckRun) -> None:
        """Keep a run."""
        for event in run.events:
            self._bytes += size_of(event.answer)
            self._leaves += sum(1 for _ in leaves(event.answer))
        self.runs.append(run)
        if not self.is_whole:
            self.runs.clear()
