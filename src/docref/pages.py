"""Pages of every sort, read once: Markdown, notebooks and the docstrings of Python files."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref import docstrings, markdown, notebooks, slugs
from docref.model import Judgement, Kind, Outcome, Snippet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docref.repository import Repository

LARGEST_PAGE = 1_000_000
"""Characters of a Markdown text; a larger one is not judged."""


@dataclass(slots=True)
class Page:
    """One page.

    Attributes:
        path: Relative to the root.
        snippets: Its pieces, in order.
        anchors: What a fragment of a link to it can be.
        ignored: Lines that the author has told the checker to leave alone.
        problems: What is wrong with the page itself.
    """

    path: PurePosixPath
    snippets: list[Snippet] = field(default_factory=list)
    anchors: frozenset[str] = frozenset()
    ignored: set[int] = field(default_factory=set)
    problems: list[Judgement] = field(default_factory=list)


def read(repository: Repository, path: PurePosixPath) -> Page:
    """Read a page of any sort; what cannot be read is a problem of the page, never an exception."""
    cache: dict[PurePosixPath, Page] = repository.cache.setdefault("docref.pages", {})
    if path not in cache:
        page = Page(path)
        text = repository.read_text(path)
        if text is None and path.suffix != ".py" and repository.is_readable(path):
            page.problems.append(_said(path, Outcome.MISSING, "not UTF-8 text"))
        elif text is None:
            page.problems.append(_said(path, Outcome.UNKNOWN, "not judged: too large, or not text"))
        elif len(text) > LARGEST_PAGE and path.suffix != ".ipynb":
            page.problems.append(_said(path, Outcome.UNKNOWN, "not judged: too large"))
        else:
            _Builder(repository, page).read(text)
        cache[path] = page
    return cache[path]


def site_path(repository: Repository, path: PurePosixPath) -> PurePosixPath | None:
    """Where a page stands inside the documentation site's sources; None if it is not part of the site."""
    for folder in (repository.config.docs_dir, *repository.config.overlays):
        if folder and path.is_relative_to(folder):
            return path.relative_to(folder)
    return None


def _said(path: PurePosixPath, outcome: Outcome, message: str, line: int = 1, column: int = 1) -> Judgement:
    return Judgement("page", path.as_posix(), outcome, path, line, column, message)


class _Builder:
    def __init__(self, repository: Repository, page: Page) -> None:
        self._repository = repository
        self._page = page
        self._headings: list[tuple[str, str]] = []
        self._ids: list[str] = []

    def read(self, text: str) -> None:
        path = self._page.path
        if path.suffix == ".py":
            for part, places in docstrings.docstrings(text):
                self._markdown(part, places, docstring=True)
        elif path.suffix == ".ipynb":
            self._notebook(text)
        else:
            self._markdown(text, None)
        # A part that pages of the site include is rendered as they are.
        parts = [PurePosixPath(each) for each in self._repository.config.includes]
        in_site = any(path.is_relative_to(each) for each in parts if each.parts)
        in_site |= site_path(self._repository, path) is not None
        if path.suffix == ".ipynb":
            renderer = slugs.Renderer.MKDOCS_NOTEBOOK if in_site else slugs.Renderer.NOTEBOOK
        else:
            renderer = slugs.Renderer.MKDOCS if in_site else slugs.Renderer.GITHUB
        self._page.anchors = slugs.anchors(self._headings, self._ids, renderer)

    def _notebook(self, text: str) -> None:
        try:
            language, cells = notebooks.read(text)
        except ValueError as error:
            message = f"broken notebook: {str(error).splitlines()[0]}"
            self._page.problems.append(_said(self._page.path, Outcome.MISSING, message))
            return
        for cell in cells:
            if cell.kind == "markdown":
                self._markdown("\n".join(cell.lines), cell.places)
            elif cell.kind == "code":
                self._page.snippets += notebooks.code(self._page.path, cell, language)
                self._page.ignored.update(
                    place[0] for line, place in zip(cell.lines, cell.places, strict=True) if "docref: ignore" in line
                )

    def _markdown(self, text: str, places: Sequence[tuple[int, int]] | None, *, docstring: bool = False) -> None:
        """Take in a Markdown text whose lines stand at ``places``, or are the page's own lines."""
        path = self._page.path
        parsed = markdown.parse(path, text, docstring=docstring)
        self._headings += parsed.headings
        self._ids += parsed.ids

        def place(line: int, column: int = 1) -> tuple[int, int]:
            if places is None:
                return line, column
            start = places[min(line, len(places)) - 1]
            return start[0], start[1] + column - 1

        for snippet in parsed.snippets:
            line, column = place(snippet.line, snippet.column)
            lines: tuple[int, ...] = ()
            if places is not None:
                count = snippet.text.count("\n") + 1
                lines = tuple(place(snippet.line + offset)[0] for offset in range(count))
            self._page.snippets.append(replace(snippet, line=line, column=column, lines=lines))
        self._page.ignored.update(place(line)[0] for line in parsed.ignored)
        for line in parsed.left_out:
            self._page.problems.append(_said(path, Outcome.UNKNOWN, "not judged: too long a line", *place(line)))
        for line, column, label in parsed.undefined:
            message = f"no definition of the reference [{label}] in this page"
            self._page.problems.append(Judgement("link", label, Outcome.MISSING, path, *place(line, column), message))


def directives(page: Page) -> list[str]:
    """The identifiers whose documentation stands in the page."""
    return [snippet.text for snippet in page.snippets if snippet.kind is Kind.DIRECTIVE and not snippet.label]
