"""What a checker sees and says: pieces of text with their place, and judgements about the references in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath


class Kind(Enum):
    """What a piece of a page is."""

    CODE = "code"
    """An inline code span."""
    FENCE = "fence"
    """A fenced or indented code block; ``language`` is its info word."""
    CELL = "cell"
    """A code cell of a notebook; ``language`` is the kernel's."""
    LINK = "link"
    """The target of a link or image; ``text`` is the target as written, ``label`` what the reader sees."""
    DIRECTIVE = "directive"
    """A mkdocstrings ``::: identifier`` line; ``text`` is the identifier."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """One piece of a page that can hold references.

    Attributes:
        path: The page, relative to the repository's root.
        line: Line of its first character in the page, from 1. In a notebook, the line in the file's JSON of the
            cell's source line, so that an editor opens the right place.
        column: Column of its first character, from 1.
        kind: What it is.
        text: Its content, without fences or backticks.
        language: Info word of a fence ("bash", "python", "sql", "console" ...), in lower case; "" if there is none.
        label: The words of a link.
        lines: Line of the page for each line of ``text``, where they do not simply follow each other (notebooks).
    """

    path: PurePosixPath
    line: int
    column: int
    kind: Kind
    text: str
    language: str = ""
    label: str = ""
    lines: tuple[int, ...] = ()

    def line_of(self, offset: int) -> int:
        """Line of the page that holds the line ``offset`` (from 0) of the text."""
        return self.lines[offset] if offset < len(self.lines) else self.line + offset


class Outcome(Enum):
    """What was found out about a reference."""

    GOOD = "checked"
    """It exists."""
    MISSING = "missing"
    """It does not: a finding. Counts as checked, too."""
    SKIPPED = "skipped"
    """Understood, and not this repository's to have: a placeholder, an output, a foreign program, a URL."""
    UNKNOWN = "not judged"
    """Could not be decided either way."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What one rule says about one reference.

    Attributes:
        rule: Name of the rule ("path", "link", "anchor", "command", "flag", "parameter", "python", "line",
            "table", "column", "name", ...).
        ref: The reference as written.
        outcome: What was found out.
        path: The page.
        line: Line in the page, from 1.
        column: Column in the line, from 1.
        message: For a finding, what is missing and where it was looked for; for the others, why.
        suggestion: For a finding, the nearest existing name, or "".
    """

    rule: str
    ref: str
    outcome: Outcome
    path: PurePosixPath
    line: int
    column: int = 1
    message: str = ""
    suggestion: str = ""
