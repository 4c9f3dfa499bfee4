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

_SOURCE = frozenset(
    {"bat", "cfg", "css", "html", "in", "ini", "ipynb", "js", "jinja", "lock", "md", "mk", "ps1", "py"}
    | {"pyi", "rst", "sh", "sql", "toml", "ts", "yaml", "yml"}
)
_DATA = frozenset(
    {"csv", "db", "duckdb", "gz", "jpg", "jpeg", "json", "jsonl", "ndjson", "parquet", "pdf", "png"}
    | {"sqlite", "svg", "tsv", "txt", "whl", "xml", "zip"}
)
_BARE_NAMES = frozenset(
    {"CHANGELOG", "CONTRIBUTING", "Dockerfile", "Justfile", "LICENSE", "Makefile", "NOTICE", "Procfile"}
)
_NO_FILE_BEFORE_DOT = frozenset(
    {"con", "conn", "duckdb", "json", "np", "numpy", "pa", "pandas", "pd", "pl", "polars", "pyarrow"} | {"self"}
)
_SHAPE = re.compile(r"[\w.@+~${}<>*?%,!=\[\]…-][\w.@+~${}<>*?%,!=\[\]/…-]*")
_PLACEHOLDER = re.compile(
    r"[<>$%…{}]|\.\.\.|(?:^|/)(?:path/to|your[-_]|my[-_]|example[-_]|(?:foo|bar|baz|x|script|example|sample|hello)\.\w+$)|YYYY|\bN{2,}\b"
)
_UPPER = re.compile(r"[A-Z][A-Z0-9_]*")
_DOCUMENTS = frozenset({".md", ".rst", ".txt"})
_HOST = re.compile(r"(?:[\w-]+\.)+(?:ai|app|com|dev|edu|io|net|org|gov)")
_FOREIGN = frozenset(
    {".aws", ".bash_profile", ".bashrc", ".cache", ".config", ".env", ".git", ".gitconfig", ".local"}
    | {".netrc", ".profile", ".ssh", ".venv", ".zshrc", "__pycache__", "bin", "dev", "etc", "node_modules"}
    | {"opt", "proc", "tmp", "usr", "var", "venv"}
)
_SHELL = frozenset({"bash", "console", "sh", "shell", "shell-session", "terminal", "zsh"})
_NOT_A_SPLIT = re.compile(r"[\s\"'`();|&]+")
_TREE = re.compile(r"[├└│─]+")
_ALTERNATIVES = re.compile(r"\{[\w.]+(?:,[\w.]*)+\}")
_NO_PATH = re.compile(r"[=\[\]!]|^-|//")
_LETTER = re.compile(r"[A-Za-z]")
_LONGEST = 300


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge each path that the snippet names."""
    if snippet.kind is Kind.CODE:
        words = snippet.text.split()
        if len(words) == 1:
            yield from _word(snippet, repository, words[0], 0, 0, alone=True)
        elif words:
            yield from _words(snippet, repository, commands=True)
    elif snippet.kind is Kind.LINK:
        label = snippet.label.strip("`")
        if not snippet.text.endswith(label) and " " not in label and "--8<--" not in label:
            yield from _word(snippet, repository, label, 0, 0, alone="/" in label)
    elif snippet.kind is Kind.FENCE and snippet.language not in {"python", "py", "sql", "pycon"}:
        yield from _words(snippet, repository, commands=snippet.language in _SHELL)


def _words(snippet: Snippet, repository: Repository, *, commands: bool) -> Iterator[Judgement]:
    for offset, line in enumerate(snippet.text.split("\n")):
        tree = _TREE.search(line) is not None
        if not commands and not tree and "/" not in line:
            continue
        position = 0
        for word in _NOT_A_SPLIT.split(_TREE.sub(" ", line)):
            if not word:
                continue
            found = line.find(word, position)
            position = max(found, position)
            plain = word.rpartition("=")[2] if word.startswith("-") else word
            column = position + len(word) - len(plain)
            yield from _word(snippet, repository, plain, offset, column, alone=False, bare=commands or tree)


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
    ref = re.split(r"::|#|:\d+(?:-\d+)?$", word, maxsplit=1)[0].rstrip(",.;:!")
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
    if not 0 < len(ref) < _LONGEST or not _SHAPE.fullmatch(ref) or _NO_PATH.search(ref) or not _LETTER.search(ref):
        return False
    path = PurePosixPath(ref)
    suffix = path.suffix[1:].lower()
    known_suffix = suffix in _SOURCE or suffix in _DATA
    if "/" not in ref and ref.startswith(".") and PurePosixPath(ref) not in repository.files:
        return False  # an ending, or a file of some tool
    if "/" not in ref:
        is_file = bare and known_suffix and path.stem not in _NO_FILE_BEFORE_DOT and not ref.startswith("*")
        return (alone and ref in _BARE_NAMES) or (is_file and (alone or suffix in _SOURCE))
    first = next((part for part in path.parts if part not in {".", ".."}), "")
    if _HOST.fullmatch(path.parts[0]) or not first:
        return False
    at_home = any(normal(base / first) in repository.folders for base in (PurePosixPath(), snippet.path.parent))
    if alone:
        return known_suffix or at_home or ref.endswith("/") or ref.startswith(("./", "../"))
    return (suffix in _SOURCE and bare) or at_home


def _skipped(ref: str, repository: Repository, snippet: Snippet) -> str:
    """Why a path is not the repository's to have, or ""."""
    path = PurePosixPath(ref)
    plain = ref.removeprefix("./").rstrip("/")
    inside = normal(path)
    there = repository.exists(path)
    if _is_placeholder(ref, repository):
        return "a placeholder"
    first = path.parts[0]
    if first == "~" or (first in _FOREIGN and PurePosixPath(first) not in repository.folders):
        return "not in the repository"
    written = matches_any(plain, repository.config.outputs) or plain in outputs.of_page(repository, snippet.path)
    if written or (inside is not None and not there and repository.is_ignored(inside, folder=True)):
        return "made by a command"
    is_source = path.suffix in {".py", ".md", ".sql", ".ipynb", ".sh"}
    if "/" not in ref and not is_source and not there and outputs.is_written(ref, repository):
        return "a file that the program knows by this name"
    return ""


def _is_placeholder(ref: str, repository: Repository) -> bool:
    if _PLACEHOLDER.search(_ALTERNATIVES.sub("", ref)):
        return True
    placeholders = repository.config.placeholders
    for part in map(PurePosixPath, PurePosixPath(ref).parts):
        if part.name in placeholders or part.stem in placeholders:
            return True
        known = part.name in repository.by_name or part.name in _BARE_NAMES or part.suffix in _DOCUMENTS
        if _UPPER.fullmatch(part.stem) and not known:
            return True
    return False


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
