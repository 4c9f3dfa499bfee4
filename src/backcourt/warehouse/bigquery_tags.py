"""What a job is called and labelled, so that it is found: by run, table, step and attempt."""

from __future__ import annotations

import re
from dataclasses import dataclass

from backcourt import __version__
from backcourt.warehouse.work import Work

LABELS = {"app": "backcourt"}
"""Labels of every job, dataset and table; a dataset without them is somebody else's."""
_NONE = "any"
_LONGEST_ID, _LONGEST_LABEL = 80, 63
"""Characters of one part of an id, of which the service allows 1,024, and of a label's value."""


@dataclass(frozen=True, slots=True)
class Tags:
    """What a statement's jobs are called.

    Attributes:
        session: The session's id.
        number: Counts the session's statements.
        step: What is done.
        work: For whom.
    """

    session: str
    number: int
    step: str
    work: Work

    def job_id(self, attempt: int) -> str:
        """backcourt_RUN_TABLE_CHUNK_STEP_SESSION-NUMBER_ATTEMPT; no part has an underscore."""
        work = self.work
        parts = (work.run or self.session, work.table, work.chunk, self.step, f"{self.session}-{self.number:05}")
        return "_".join(["backcourt", *(_part(part) for part in parts), str(attempt)])

    def labels(self) -> dict[str, str]:
        """The labels of every attempt."""
        work = self.work
        said = {
            "run": work.run or self.session,
            "table": work.table,
            "mode": work.mode,
            "step": self.step,
            "version": __version__,
        }
        return LABELS | {name: _label(value) for name, value in said.items()}


def of_run(run: str) -> str:
    """What the ids of a run's jobs begin with."""
    return f"backcourt_{_part(run)}_"


def _part(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9-]+", "-", text)[:_LONGEST_ID] or _NONE


def _label(text: str) -> str:
    return re.sub(r"[^a-z0-9_-]+", "-", text.lower())[:_LONGEST_LABEL] or _NONE
