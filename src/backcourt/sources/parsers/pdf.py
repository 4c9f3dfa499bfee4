"""The text of a PDF with its places on the page, read in bounded time and memory.

The reading is done by ``pdf_worker.py`` in a process of its own: whatever a damaged or hostile file makes of the
library, this process only learns that the file cannot be read.
"""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.manners import is_page
from backcourt.sources.parsers import pdf_worker
from backcourt.sources.source import About, wrong_shape

LARGEST = 8 * 1024 * 1024
"""Bytes of the largest PDF that is read; a gamebook of all periods has less than one million."""
MOST_PAGES = 60
"""Pages of the longest; a gamebook of all periods has about thirty."""
MOST_SIGNS = 400_000
"""Characters of the longest."""
MEMORY = 512 * 1024 * 1024
"""Bytes of address space of the reading process."""
SECONDS = 10
"""Seconds of processor time of the reading process; a report takes less than a tenth of one."""
_PATIENCE = 3
"""So many times longer may it take by the clock, on a busy machine."""
_FARTHEST = 1e6
"""Points; no page is so large that its text lies farther out."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word on a page.

    Attributes:
        left: Where it begins, in points from the left.
        right: Where it ends.
        base: Height of its baseline, in points from the bottom.
        text: The word.
    """

    left: float
    right: float
    base: float
    text: str


def pages_of(data: bytes, about: About) -> list[list[Word]]:
    """The words of every page.

    Args:
        data: The PDF.
        about: Where it came from.

    Raises:
        InputFileError: If it is not a PDF, is encrypted, damaged or too large, or has no text.
        BackcourtError: If the library that reads PDFs is missing.
    """
    if b"%PDF-" not in data[:1024]:
        what = "HTML" if is_page(data) else "no PDF"
        raise InputFileError(f"{about.path} is {what}", next_step="fetch it again")
    if len(data) > LARGEST:
        raise InputFileError(f"{about.path} has {len(data):,} bytes; PDFs of at most {LARGEST:,} are read")
    found = _read(data, about)
    pages = [
        [
            Word(left, right, base, text)
            for left, right, base, text in page
            if all(math.isfinite(value) and abs(value) < _FARTHEST for value in (left, right, base))
        ]
        for page in found
    ]
    if not any(pages):
        raise InputFileError(f"{about.path} is a PDF without text: damaged, or a picture", next_step="fetch it again")
    return pages


def lines_of(words: Sequence[Word], apart: float = 2.0) -> list[list[Word]]:
    """The lines of a page from top to bottom, each from left to right.

    Args:
        words: Words of one page.
        apart: Points by which the baselines of one line may differ.
    """
    lines: list[list[Word]] = []
    for word in sorted(words, key=lambda word: (-word.base, word.left)):
        if lines and lines[-1][0].base - word.base <= apart:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [sorted(line, key=lambda word: word.left) for line in lines]


def text_of(words: Sequence[Word]) -> str:
    """The words with blanks between them."""
    return " ".join(word.text for word in words)


def _read(data: bytes, about: About) -> list[list[tuple[float, float, float, str]]]:
    command = [sys.executable, "-I", str(Path(pdf_worker.__file__))]
    limits = [str(value) for value in (MEMORY, SECONDS, MOST_PAGES, MOST_SIGNS)]
    try:
        done = subprocess.run(  # noqa: S603 - this program's own script; the PDF is only its input
            [*command, *limits], input=data, capture_output=True, timeout=SECONDS * _PATIENCE, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise wrong_shape(about, f"it cannot be read within {SECONDS} seconds") from error
    except OSError as error:
        raise BackcourtError(
            f"the process that reads PDFs cannot be started: {error.strerror or error}",
            next_step="free memory, and try again",
        ) from error
    if done.returncode == pdf_worker.NO_LIBRARY:
        raise BackcourtError(
            f"PDFs cannot be read here: {done.stderr.decode(errors='replace').strip()[:200]}",
            next_step="install what Backcourt needs (pip install pypdfium2)",
        )
    if done.returncode:
        raise wrong_shape(about, "it is damaged, or needs more than the memory and time that a PDF gets")
    found = json.loads(done.stdout)
    if "error" in found:
        raise InputFileError(f"{about.path} {found['error']}", next_step="fetch it again")
    pages: list[list[tuple[float, float, float, str]]] = found["pages"]
    return pages
