"""Python names in pages: dotted names, calls, imports, attributes and keywords must exist in the sources."""

from __future__ import annotations

import ast
import builtins
import re
import warnings
from typing import TYPE_CHECKING

from docref import pages
from docref.model import Judgement, Kind, Outcome, Snippet
from docref.python_index import AbsentError, Index, Thing, UnfollowedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_DOTTED = re.compile(r"([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)(\(.*\))?", re.DOTALL)
_FILE = re.compile(r".*\.(?:py|toml|md|ipynb|sql|ya?ml|json|txt|html|csv|parquet|duckdb|cfg|ini|sh|js|css|lock|log|db)")
_SNAKE = re.compile(r"_?[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_PYTHON = {"python", "py", "python3", "pycon", "ipython"}
_PROMPT = re.compile(r"^(>>>|\.\.\.) ?", re.MULTILINE)
_CLASS_MEMBER = re.compile(r"[A-Z][A-Za-z0-9]*[a-z][A-Za-z0-9]*\.[A-Za-z_]\w*")
_LONGEST = 200_000
_MOST_MEMBERS = 5_000


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge the Python names of a snippet."""
    index = _index(repository)
    if snippet.kind is Kind.CODE:
        yield from _span(snippet, index, repository)
    elif snippet.kind is Kind.DIRECTIVE:
        yield from _dotted(snippet, snippet.text.strip(), snippet.line, snippet.column, index, repository)
    elif snippet.kind is Kind.CELL or (snippet.kind is Kind.FENCE and snippet.language in _PYTHON):
        yield from _code(snippet, index, repository)


def members(repository: Repository, identifier: str) -> frozenset[str]:
    """Dotted names of something and all its public members: the anchors that a page about it has."""
    index = _index(repository)
    found: set[str] = set()
    waiting = [identifier]
    while waiting and len(found) < _MOST_MEMBERS:
        name = waiting.pop()
        try:
            thing = index.resolve(name)
        except (AbsentError, UnfollowedError):
            continue
        found.add(name)
        if isinstance(thing.node, ast.Module) and thing.module is not None:
            waiting += [f"{name}.{inner}" for inner in thing.module.bound if not inner.startswith("_")]
        elif isinstance(thing.node, ast.ClassDef):
            own = index.class_members(thing)
            found.update(f"{name}.{inner}" for inner in own if not inner.startswith("_"))
    return frozenset(found)


def _index(repository: Repository) -> Index:
    index: Index | None = repository.cache.get(__name__)
    if index is None:
        index = repository.cache[__name__] = Index(repository)
    return index


def _span(snippet: Snippet, index: Index, repository: Repository) -> Iterator[Judgement]:
    match = _DOTTED.fullmatch(snippet.text)
    if match is None or _FILE.fullmatch(snippet.text):
        return
    dotted, called = match[1], match[2]
    place = (snippet.path, snippet.line, snippet.column)
    if "." in dotted:
        if index.is_ours(dotted):
            yield from _dotted(snippet, dotted, snippet.line, snippet.column, index, repository)
        elif called and dotted.partition(".")[0] in _imports(snippet, index, repository):
            base = _imports(snippet, index, repository)[dotted.partition(".")[0]]
            full = f"{base}.{dotted.partition('.')[2]}"
            yield from _dotted(snippet, full, snippet.line, snippet.column, index, repository, written=dotted)
        elif snippet.path.suffix == ".py" and (full := index.seen_from(snippet.path, dotted)):
            yield from _dotted(snippet, full, snippet.line, snippet.column, index, repository, written=dotted)
        elif _CLASS_MEMBER.fullmatch(dotted):
            yield from _member(snippet, dotted, index, repository)
        return
    if not called or not _SNAKE.fullmatch(dotted) or hasattr(builtins, dotted):
        return
    if index.is_defined(dotted, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield Judgement("python", dotted, Outcome.GOOD, *place)
    else:
        message = f"no function '{dotted}' in the repository"
        yield Judgement("python", dotted, Outcome.MISSING, *place, message)


def _member(snippet: Snippet, dotted: str, index: Index, repository: Repository) -> Iterator[Judgement]:
    """Judge ``Class.member``: a class of that name in the repository has it, if there is any of that name."""
    owner, _, name = dotted.partition(".")
    place = (snippet.path, snippet.line, snippet.column)
    known: frozenset[str] = frozenset()
    classes = index.classes(owner)
    for each in classes:
        try:
            index.attribute(each, name)
        except AbsentError as absent:
            known |= absent.known
        except UnfollowedError:
            yield Judgement(
                "python", dotted, Outcome.UNKNOWN, *place, "not judged: it cannot be followed in the source"
            )
            return
        else:
            yield Judgement("python", dotted, Outcome.GOOD, *place)
            return
    if classes:
        near = repository.nearest(name, known)
        yield Judgement("python", dotted, Outcome.MISSING, *place, f"{owner} has no '{name}'", near)


def _dotted(
    snippet: Snippet, dotted: str, line: int, column: int, index: Index, repository: Repository, *, written: str = ""
) -> Iterator[Judgement]:
    place = (snippet.path, line, column)
    ref = written or dotted
    if not index.is_ours(dotted):
        yield Judgement("python", ref, Outcome.SKIPPED, *place, "a foreign package")
        return
    try:
        index.resolve(dotted)
    except AbsentError as absent:
        message = f"{absent.owner} has no '{absent.name}'"
        yield Judgement("python", ref, Outcome.MISSING, *place, message, repository.nearest(absent.name, absent.known))
    except UnfollowedError:
        yield Judgement("python", ref, Outcome.UNKNOWN, *place, "not judged: it cannot be followed in the source")
    else:
        yield Judgement("python", ref, Outcome.GOOD, *place)


def _parsed(snippet: Snippet) -> ast.Module | None:
    """The code of a snippet, with magics and prompts blanked so that every line stays where it is."""
    text = snippet.text
    if len(text) > _LONGEST or text.lstrip().startswith("%%"):
        return None
    if ">>> " in text:
        lines = [line[4:] if _PROMPT.match(line) else "" for line in text.split("\n")]
        text = "\n".join(lines)
    text = "\n".join("" if line.lstrip().startswith(("%", "!")) else line for line in text.split("\n"))
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def _imports(snippet: Snippet, index: Index, repository: Repository) -> dict[str, str]:
    """Names that the code of the page imports from the repository, with what they stand for."""
    key = f"{__name__} {snippet.path}"
    kept: dict[str, str] | None = repository.cache.get(key)
    if kept is None:
        kept = repository.cache[key] = {}
        assigned: set[str] = set()
        for each in pages.read(repository, snippet.path).snippets:
            if each.kind is Kind.CELL or (each.kind is Kind.FENCE and each.language in _PYTHON):
                tree = _parsed(each)
                for node in ast.walk(tree) if tree else ():
                    if isinstance(node, ast.Import):
                        kept |= {n.asname or n.name.partition(".")[0]: n.name if n.asname else n.name.partition(".")[0]
                                 for n in node.names}  # fmt: skip
                    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                        kept |= {n.asname or n.name: f"{node.module}.{n.name}" for n in node.names}
                    elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                        assigned.add(node.id)
        for name in [name for name, dotted in kept.items() if name in assigned or not index.is_ours(dotted)]:
            del kept[name]
    return kept


def _code(snippet: Snippet, index: Index, repository: Repository) -> Iterator[Judgement]:
    tree = _parsed(snippet)
    if tree is None:
        if re.search(r"^\s*(?:from|import) ", snippet.text, re.MULTILINE):
            place = (snippet.path, snippet.line, snippet.column)
            yield Judgement("python", "code", Outcome.UNKNOWN, *place, "not judged: Python that cannot be read")
        return
    names = _imports(snippet, index, repository)
    inner: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from _import(snippet, node, index, repository)
        elif isinstance(node, ast.Attribute) and id(node) not in inner:
            inner.update(id(part) for part in ast.walk(node) if isinstance(part, ast.Attribute))
            full = _full_name(node, names)
            if full:
                line, column = _at(snippet, node.end_lineno or node.lineno, (node.end_col_offset or 0) - len(node.attr))
                yield from _dotted(snippet, full, line, column, index, repository, written=ast.unparse(node))
        elif isinstance(node, ast.Call) and node.keywords:
            for word, row, start, known in _wrong_keywords(node, _full_name(node.func, names), index):
                line, column = _at(snippet, row, start)
                message = f"{ast.unparse(node.func)} takes no '{word}'"
                near = repository.nearest(word, known)
                yield Judgement("python", word, Outcome.MISSING, snippet.path, line, column, message, near)


def _at(snippet: Snippet, line: int, column: int) -> tuple[int, int]:
    """Line and column in the page of a place in the snippet's code (line from 1, column from 0)."""
    shift = len(">>> ") if ">>> " in snippet.text else 0
    return snippet.line_of(line - 1), column + 1 + shift + (snippet.column - 1 if line == 1 else 0)


def _import(
    snippet: Snippet, node: ast.Import | ast.ImportFrom, index: Index, repository: Repository
) -> Iterator[Judgement]:
    module = ""
    if isinstance(node, ast.ImportFrom):
        if node.level or not node.module:
            return
        module = node.module
    for name in node.names:
        full = module if name.name == "*" else f"{module}.{name.name}".strip(".")
        if index.is_ours(full):
            line, column = _at(snippet, name.lineno, name.col_offset)
            yield from _dotted(snippet, full, line, column, index, repository, written=name.name)


def _full_name(node: ast.expr, names: dict[str, str]) -> str:
    """The full dotted name that an expression of names stands for; "" if it does not start with an import of ours."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return ""
    return ".".join([names[node.id], *reversed(parts)])


def _wrong_keywords(call: ast.Call, full: str, index: Index) -> Iterator[tuple[str, int, int, frozenset[str]]]:
    if not full:
        return
    try:
        thing: Thing = index.resolve(full)
    except (AbsentError, UnfollowedError):
        return
    known = index.keywords(thing)
    if known is None:
        return
    for item in call.keywords:
        if item.arg is not None and item.arg not in known:
            yield item.arg, item.lineno, item.col_offset, known
