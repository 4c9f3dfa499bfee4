"""Files, folders and patterns that code, fences and labels name; only what looks like a path is judged."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref import outputs
from docref.globs import MAGIC, alternatives, matches, matches_any
from docref.model import Judgement, Kind, Outcome, Snippet
from docref.repository import normal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_SOURCE = frozenset("bat cfg css html in ini ipynb js jinja lock md mk ps1 py pyi rst sh sql toml ts yaml yml".split())
_DATA = frozenset("csv db duckdb gz jpg jpeg json jsonl ndjson parquet pdf png sqlite svg tsv txt whl xml zip".split())
_BARE_NAMES = frozenset("CHANGELOG CONTRIBUTING Dockerfile Justfile LICENSE Makefile NOTICE Procfile".split())
_NO_FILE_BEFORE_DOT = frozenset("con conn duckdb json np numpy pa pandas pd pl polars pyarrow self".split())
_SHAPE = re.compile(r"[\w.@+~${}<>*?%,!=\[\]…-][\w.@+~${}<>*?%,!=\[\]/…-]*")
_PLACEHOLDER = re.compile(
    r"[<>$%…{}]|\.\.\.|(?:^|/)(?:path/to|your[-_]|my[-_]|example[-_]|foo\b|bar\b|x\.\w)|YYYY|\bN{2,}\b"
)
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
_DOCUMENTS = frozenset({".md", ".rst", ".txt"})
_HOST = re.compile(r"(?:[\w-]+\.)+(?:ai|app|com|dev|edu|io|net|org|gov)")
_FOREIGN = frozenset(
    ".aws .bash_profile .bashrc .cache .config .env .git .gitconfig .local .netrc .profile .ssh .venv .zshrc "
    "__pycache__ bin dev etc node_modules opt proc tmp usr var venv".split()
)
_SHELL = frozenset("bash console sh shell shell-session terminal zsh".split())
_NOT_A_SPLIT = re.compile(r"[\s\"'`();|&]+")
_TREE = re.compile(r"[├└│─]+")
_LONGEST = 300


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge each path that the snippet names."""
    if snippet.kind is Kind.CODE:
        words = snippet.text.split()
        if len(words) == 1:
            yield from _word(snippet, repository, words[0], 0, 0, alone=True)
        elif words:
            yield from _words(snippet, repository, shell=True)
    elif snippet.kind is Kind.LINK:
        label = snippet.label.strip("`")
        if label != snippet.text and " " not in label and "--8<--" not in label:
            yield from _word(snippet, repository, label, 0, 0, alone="/" in label)
    elif snippet.kind is Kind.FENCE and snippet.language not in {"python", "py", "sql", "pycon"}:
        yield from _words(snippet, repository, shell=snippet.language in _SHELL)


def _words(snippet: Snippet, repository: Repository, *, shell: bool) -> Iterator[Judgement]:
    for offset, line in enumerate(snippet.text.split("\n")):
        tree = _TREE.search(line) is not None
        if not shell and not tree and "/" not in line:
            continue
        position = 0
        for word in _NOT_A_SPLIT.split(_TREE.sub(" ", line)):
            if not word:
                continue
            found = line.find(word, position)
            position = max(found, position)
            plain = word.rpartition("=")[2] if word.startswith("-") else word
            column = position + len(word) - len(plain)
            yield from _word(snippet, repository, plain, offset, column, alone=False, bare=shell or tree)


def _word(
    snippet: Snippet,
    repository: Repository,
    word: str,
    offset: int,
    column: int,
    *,
    alone: bool,
    bare: bool = True,
) -> Iterator[Judgement]:
    """Judge one word; ``alone`` if it is all that the code span holds, ``bare`` if it may be a lone file name."""
    ref = re.split(r"::|#", word, maxsplit=1)[0].rstrip(",.;:!")
    if not _may_be_path(ref, repository, snippet, alone=alone, bare=bare):
        return
    start = snippet.column if offset == 0 or snippet.kind is Kind.FENCE else 1
    place = (snippet.path, snippet.line_of(offset), start + column)
    reason = _skipped(ref, repository, snippet)
    if reason:
        yield Judgement("path", ref, Outcome.SKIPPED, *place, reason)
        return
    if all(_exists(each, snippet.path, repository) for each in alternatives(ref)):
        yield Judgement("path", ref, Outcome.GOOD, *place)
        return
    near = _nearest(ref, repository)
    what = "nothing matches" if MAGIC.search(ref) else "no file or folder"
    yield Judgement("path", ref, Outcome.MISSING, *place, f"{what} '{ref}'", near)


def _may_be_path(ref: str, repository: Repository, snippet: Snippet, *, alone: bool, bare: bool) -> bool:
    if not ref or len(ref) > _LONGEST or not _SHAPE.fullmatch(ref) or not re.search(r"[A-Za-z]", ref):
        return False
    if re.search(r"[=\[\]!]", ref) or ref.startswith("-"):
        return False
    path = PurePosixPath(ref)
    suffix = path.suffix[1:].lower()
    known_suffix = suffix in _SOURCE or suffix in _DATA
    if "/" not in ref:
        if alone and ref in _BARE_NAMES:
            return True
        if not bare or not known_suffix or path.stem in _NO_FILE_BEFORE_DOT or ref.startswith("*"):
            return False
        return alone or suffix in _SOURCE
    if _HOST.fullmatch(path.parts[0]) or "//" in ref:
        return False
    first = next((part for part in path.parts if part not in {".", ".."}), "")
    at_home = any(normal(base / first) in repository.folders for base in (PurePosixPath(), snippet.path.parent))
    if alone:
        return known_suffix or ref.endswith("/") or ref.startswith(("./", "../")) or (at_home and first != "")
    return (suffix in _SOURCE and bare) or (at_home and first != "")


def _skipped(ref: str, repository: Repository, snippet: Snippet) -> str:
    """Why a path is not the repository's to have, or ""."""
    path = PurePosixPath(ref)
    config = repository.config
    if _PLACEHOLDER.search(re.sub(r"\{[\w.]+(?:,[\w.]*)+\}", "", ref)):
        return "a placeholder"
    plain = ref.removeprefix("./").rstrip("/")
    if any(part in config.placeholders or path.stem in config.placeholders for part in path.parts):
        return "a placeholder"
    for part in path.parts:
        if _UPPER.fullmatch(PurePosixPath(part).stem) and PurePosixPath(part).suffix not in _DOCUMENTS:
            if part not in repository.by_name and part not in _BARE_NAMES:
                return "a placeholder"
    if path.parts[0] == "~" or path.parts[0] in _FOREIGN and normal(PurePosixPath(path.parts[0])) not in repository.folders:
        return "not of the repository"
    if matches_any(plain, config.outputs) or plain in outputs.of_page(repository, snippet.path):
        return "made by a command"
    inside = normal(path)
    if inside is not None and repository.is_ignored(inside, folder=True) and not repository.exists(inside):
        return "made by a command: git ignores it"
    if "/" not in ref and path.suffix[1:] not in {"py", "md", "sql", "ipynb", "sh"} and not repository.exists(path):
        return "a file that the program knows by this name" if outputs.is_written(ref, repository) else ""
    return ""


def _exists(ref: str, page: PurePosixPath, repository: Repository) -> bool:
    docs_dir = PurePosixPath(repository.config.docs_dir)
    overlays = [PurePosixPath(each) for each in repository.config.overlays]
    bases = [page.parent, PurePosixPath(), docs_dir, *overlays]
    for base in bases:
        path = normal(base / ref)
        if path is None:
            continue
        if MAGIC.search(ref):
            if _some(path.as_posix(), repository):
                return True
        elif repository.exists(path) and not (ref.endswith("/") and path in repository.files):
            return True
    inner = normal(PurePosixPath(ref))
    if inner is None or not inner.parts or ref.startswith(("./", "../")):
        return False
    if MAGIC.search(ref):
        return _some(f"**/{inner.as_posix()}", repository)
    wanted = inner.parts
    return any(path.parts[-len(wanted) :] == wanted for path in repository.by_name.get(inner.name, ()))


def _some(pattern: str, repository: Repository) -> bool:
    return any(matches(path.as_posix(), pattern) for path in (*repository.files, *repository.folders))


def _nearest(ref: str, repository: Repository) -> str:
    plain = ref.removeprefix("./").rstrip("/")
    known = repository.by_name if "/" not in plain else [each.as_posix() for each in repository.files]
    folders = [] if "/" not in plain else [each.as_posix() for each in repository.folders]
    last = PurePosixPath(plain).name
    same = [each.as_posix() for each in repository.by_name.get(last, ())]
    return repository.nearest(plain, [*same]) or repository.nearest(plain, [*known, *folders])
