"""Links, images, inclusions and anchors: what a reader can follow must lead somewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote

from docref import pages, python
from docref.markdown import INCLUDE
from docref.model import Judgement, Kind, Outcome, Snippet
from docref.repository import normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_OUTSIDE = re.compile(r"[a-zA-Z][\w+.-]*:|//")
_HOST_PAGE = re.compile(r"(?:\.\./)+(?:actions|blob|discussions|issues|projects|pulls?|releases|tree|wiki)\b")
_PLACEHOLDER = re.compile(r"\{[^}]*\}|<[^>]*>|\$\w")
_MADE_BY_RENDERER = re.compile(r"fn(?:ref)?\d*:|__code|L\d+")
_PAGES = (".md", ".markdown", ".ipynb")
_INDEX = ("index.md", "README.md", "index.ipynb", "index.html")


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a link leads: the file, or why it leads nowhere."""

    file: PurePosixPath | None
    outcome: Outcome = Outcome.GOOD
    message: str = ""


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge a link: its file, and its fragment if the file is a page."""
    if snippet.kind is not Kind.LINK:
        return
    ref = unquote(snippet.text)
    rule = "path" if snippet.label == INCLUDE else "link"

    def said(outcome: Outcome, message: str = "", suggestion: str = "", rule: str = rule) -> Judgement:
        return Judgement(rule, ref, outcome, snippet.path, snippet.line, snippet.column, message, suggestion)

    if _OUTSIDE.match(ref) or _HOST_PAGE.match(ref):
        yield said(Outcome.SKIPPED, "leads outside the repository")
        return
    if _PLACEHOLDER.search(ref):
        yield said(Outcome.SKIPPED, "a placeholder")
        return
    if "\0" in ref or len(ref) > 1000:  # noqa: PLR2004 - longer than any path can be
        yield said(Outcome.MISSING, "no file can have this name")
        return
    name, _, fragment = ref.partition("#")
    name = name.partition("?")[0]
    if snippet.label == INCLUDE:
        yield _inclusion(snippet, repository, said(Outcome.GOOD))
        return
    target = _target(snippet.path, name, repository) if name else _Target(snippet.path)
    if name:
        near = _nearest(snippet.path, name, repository) if target.outcome is Outcome.MISSING else ""
        yield said(target.outcome, target.message, near)
    if fragment and target.file is not None:
        outcome, message, near = _anchor(snippet.path, target.file, fragment, repository)
        yield said(outcome, message, near, "anchor")


def _target(page: PurePosixPath, name: str, repository: Repository) -> _Target:
    place = pages.site_path(repository, page)
    if page.suffix == ".py":
        return _in_docstring(page, name, repository)
    if place is not None:
        return _in_site(page, place, name, repository)
    base = PurePosixPath() if name.startswith("/") else page.parent
    path = normal(base / name.lstrip("/"))
    if path is None:
        return _Target(None, Outcome.MISSING, f"'{name}' leaves the repository")
    if repository.exists(path):
        index = next((path / each for each in _INDEX if path / each in repository.files), None)
        return _Target(path if path in repository.files else index)
    return _Target(None, Outcome.MISSING, f"no file or folder '{path}'")


def _in_docstring(page: PurePosixPath, name: str, repository: Repository) -> _Target:
    for base in (page.parent, PurePosixPath(), PurePosixPath(repository.config.docs_dir)):
        path = normal(base / name.lstrip("/"))
        if path is not None and repository.exists(path):
            return _Target(path if path in repository.files else None)
    return _Target(None, Outcome.MISSING, f"no file '{name}' beside the module, at the root or in the documentation")


def _in_site(page: PurePosixPath, place: PurePosixPath, name: str, repository: Repository) -> _Target:
    base = PurePosixPath() if name.startswith("/") else place.parent
    path = normal(base / name.lstrip("/"))
    docs_dir = repository.config.docs_dir
    folders = [PurePosixPath(each) for each in (docs_dir, *repository.config.overlays) if each]
    for folder in folders:
        if path is None:
            break
        found = next((each for each in _candidates(folder / path, name) if each in repository.files), None)
        if found is not None:
            return _Target(found)
    absent = [each for each in repository.config.overlays if not (repository.root / each).is_dir()]
    real = normal(page.parent / name.lstrip("/"))
    if real is not None and repository.exists(real):
        why = "a folder without an index page" if path is not None else f"not part of the site in '{docs_dir}'"
        message = f"'{real}' exists but is {why}"
    elif path is None:
        message = f"'{name}' leaves the site in '{docs_dir}'"
    elif absent:
        return _Target(None, Outcome.UNKNOWN, f"not judged: '{absent[0]}' is not built")
    else:
        message = "no file " + " or ".join(f"'{folder / path}'" for folder in folders)
    return _Target(None, Outcome.MISSING, message)


def _candidates(full: PurePosixPath, name: str) -> Iterator[PurePosixPath]:
    """The files that a link to ``full`` can mean: a page may be written as the folder or the HTML file it becomes."""
    yield full
    yield from (full / each for each in _INDEX)
    if full.name and (not full.suffix or name.endswith("/")):
        yield full.with_name(full.name + ".md")
    if full.suffix == ".html":
        yield full.with_suffix(".md")


def _nearest(page: PurePosixPath, name: str, repository: Repository) -> str:
    """The existing file most like the target, as a link from the page would write it."""
    place = pages.site_path(repository, page)
    last = PurePosixPath(name).name
    near = repository.nearest(last, repository.by_name)
    if not near:
        return ""
    path = repository.by_name[near][0]
    start = page.parent
    if place is not None:
        inside = pages.site_path(repository, path)
        if inside is None:
            return path.as_posix()
        path, start = inside, place.parent
    up = 0
    while not path.is_relative_to(start):
        start, up = start.parent, up + 1
    return "../" * up + path.relative_to(start).as_posix()


def _anchor(
    page: PurePosixPath, file: PurePosixPath, fragment: str, repository: Repository
) -> tuple[Outcome, str, str]:
    if file.suffix not in _PAGES or _MADE_BY_RENDERER.match(fragment):
        reason = "an anchor that the renderer makes" if file.suffix in _PAGES else "no page with headings"
        return Outcome.SKIPPED, reason, ""
    target = pages.read(repository, file)
    if any(each.rule == "page" for each in target.problems):
        return Outcome.UNKNOWN, f"not judged: '{file}' is not read as a whole", ""
    known = set(target.anchors)
    for snippet in target.snippets:
        if snippet.label == INCLUDE:
            included = _included(snippet, repository)
            if included is not None and included.suffix == ".md" and included != file:
                known |= pages.read(repository, included).anchors
    if fragment in known:
        return Outcome.GOOD, "", ""
    for identifier in pages.directives(target):
        known |= {identifier, *python.members(repository, identifier)}
        if fragment in known:
            return Outcome.GOOD, "", ""
    where = "this page" if file == page else f"'{file}'"
    return Outcome.MISSING, f"no heading or id '#{fragment}' in {where}", repository.nearest(fragment, known)


def _included(snippet: Snippet, repository: Repository) -> PurePosixPath | None:
    name = re.sub(r"(?::[\w-]*){1,2}$", "", snippet.text)
    config = repository.config
    further = map(PurePosixPath, (config.docs_dir, *config.includes))
    for base in (PurePosixPath(), snippet.path.parent, *further):
        path = normal(base / name)
        if path is not None and path in repository.files:
            return path
    return None


def _inclusion(snippet: Snippet, repository: Repository, good: Judgement) -> Judgement:
    if _included(snippet, repository) is not None:
        return good
    absent = [each for each in repository.config.includes if not (repository.root / each).is_dir()]
    if absent:
        message = f"not judged: '{absent[0]}' is not built"
        return Judgement("path", good.ref, Outcome.UNKNOWN, good.path, good.line, good.column, message)
    near = repository.nearest(snippet.text, (path.as_posix() for path in repository.files))
    message = f"no file '{snippet.text}' to include"
    return Judgement("path", good.ref, Outcome.MISSING, good.path, good.line, good.column, message, near)
