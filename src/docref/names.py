"""Lone snake_case names and environment variables in code spans: something in the repository must define them."""

from __future__ import annotations

import re
from functools import cached_property
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref import data, pages
from docref.model import Judgement, Kind, Outcome, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_SNAKE = re.compile(r"_?[a-z][a-z0-9]*(?:_[a-z0-9]+)+")
_UPPER = re.compile(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+")
_CODE_OR_TEXT = re.compile(
    r'"""(?:[^"\\]++|\\.|"(?!""))*+"""'
    r"|'''(?:[^'\\]++|\\.|'(?!''))*+'''"
    r'|"(?:[^"\\\n]++|\\.)*+"'
    r"|'(?:[^'\\\n]++|\\.)*+'"
    r"|\#[^\n]*",
    re.DOTALL,
)
_WORD = re.compile(r"[A-Za-z_]\w*")
_DEFINED_IN_PAGE = re.compile(r"\b(\w+)\s*=[^=]|\b(?:def|class|import|as|AS|for|CREATE TABLE)\s+(\w+)|\"(\w+)\"\s*:")
_LIST = re.compile(r"\(?[a-z_][a-z0-9_]*(?:, ?[a-z_][a-z0-9_]*)*\)?")
_COMPARED = re.compile(r"([a-z][a-z0-9_]*) (?:[<>]=?|!=|<>|IS|IN|BETWEEN|LIKE) ")
_ASSIGNED = re.compile(r"(?<![^\s;&|(])([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+)=")
_ASSIGNING = frozenset({"", "bash", "console", "dotenv", "env", "sh", "shell", "shell-session", "terminal", "zsh"})
_PROSE = re.compile(r'"""(?:[^"\\]++|\\.|"(?!""))*+"""|\#[^\n]*', re.DOTALL)
_LONGEST = 500
_KEYED = (".toml", ".yml", ".yaml", ".json")
_SCRIPTS = frozenset(
    {".bash", ".c", ".cc", ".cfg", ".cpp", ".env", ".go", ".h", ".hpp", ".ini", ".java", ".js", ".kt", ".mjs", ".mk"}
    | {".proto", ".r", ".rb", ".rs", ".scala", ".sh", ".swift", ".ts", ".tsx"}
)
_READ_AS_WORDS = frozenset({"Makefile", "Dockerfile", "Justfile"})
_ALWAYS = frozenset({"snake_case", "http_proxy", "https_proxy", "no_proxy"})


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge a code span that is one snake_case or UPPER_CASE name, and the variables that shell text sets."""
    text = snippet.text
    if snippet.kind not in {Kind.CODE, Kind.FENCE}:
        return
    index: _Index | None = repository.cache.get(__name__)
    if index is None:
        index = repository.cache[__name__] = _Index(repository)
    if snippet.kind is Kind.CODE or snippet.language in _ASSIGNING:
        yield from _assigned(snippet, index, repository)
    if snippet.kind is Kind.FENCE:
        return
    place = (snippet.path, snippet.line, snippet.column)
    for name, start in _names(text):
        at = (*place[:2], place[2] + start)
        if index.knows(name) or name in index.of_page(snippet.path):
            yield Judgement("name", name, Outcome.GOOD, *at)
        else:
            message = f"nothing in the repository defines '{name}'"
            yield Judgement("name", name, Outcome.MISSING, *at, message, repository.nearest(name, index.all_known))
    if _UPPER.fullmatch(text):
        yield _variable(text, place, index, repository)


def _names(text: str) -> Iterator[tuple[str, int]]:
    """The names of a code span that is a name, a list of names, or a name compared with something."""
    if len(text) > _LONGEST:
        return
    if _LIST.fullmatch(text):
        yield from ((found[0], found.start()) for found in _WORD.finditer(text) if _SNAKE.fullmatch(found[0]))
        return
    compared = _COMPARED.match(text)
    if compared is not None and _SNAKE.fullmatch(compared[1]):
        yield compared[1], 0


def _assigned(snippet: Snippet, index: _Index, repository: Repository) -> Iterator[Judgement]:
    """Judge ``NAME=value`` where the name begins like ours; a shell variable that the page itself uses is its own."""
    for offset, line in enumerate(snippet.text.split("\n")):
        for found in _ASSIGNED.finditer(line) if len(line) <= _LONGEST else ():
            if _is_ours(found[1], repository) and not re.search(rf"\$\{{?{found[1]}\b", snippet.text):
                column = found.start() + (snippet.column if offset == 0 else 1)
                yield _variable(found[1], (snippet.path, snippet.line_of(offset), column), index, repository)


def _is_ours(name: str, repository: Repository) -> bool:
    prefix = name.partition("_")[0].lower()
    return prefix in repository.by_name or prefix in repository.programs


def _variable(text: str, place: tuple[PurePosixPath, int, int], index: _Index, repository: Repository) -> Judgement:
    in_docstring = place[0].suffix == ".py"
    if index.mentions(text, in_code=in_docstring):
        return Judgement("variable", text, Outcome.GOOD, *place)
    prefix, _, rest = text.partition("_")
    if not _is_ours(text, repository):
        # Anyone's, unless it is a letter away from a name of the sources; a docstring speaks mostly of those.
        near = repository.nearest(text, (each for each in index.upper if each.startswith(f"{prefix}_")))
        if near and (in_docstring or repository.alike(text, near) > 1 - 1.5 / max(len(text), len(near))):
            return Judgement("variable", text, Outcome.MISSING, *place, f"no source file has '{text}'", near)
        return Judgement("variable", text, Outcome.UNKNOWN, *place, "not judged: may be anyone's")
    if index.mentions(f"{prefix}_") and (index.knows(rest.lower()) or rest.lower() in index.words):
        return Judgement("variable", text, Outcome.GOOD, *place)
    near = repository.nearest(text, index.upper)
    return Judgement("variable", text, Outcome.MISSING, *place, f"no source file reads '{text}'", near)


class _Index:
    """What the repository defines, looked up name by name: only files that hold a name are taken apart."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._identifiers: dict[PurePosixPath, frozenset[str]] = {}
        self._pages: dict[PurePosixPath, frozenset[str]] = {}
        self._known: dict[str, bool] = {}

    @cached_property
    def _python(self) -> dict[PurePosixPath, str]:
        # What only the tests know is gone: they may speak of names on purpose that do not exist.
        sources = [path for path in self._repository.files if path.suffix == ".py" and "tests" not in path.parts]
        texts = {path: self._repository.read_text(path) for path in sources}
        found = {path: text for path, text in texts.items() if text is not None}
        for path in self._repository.pages():
            if path.suffix == ".ipynb":
                cells = [each.text for each in pages.read(self._repository, path).snippets if each.kind is Kind.CELL]
                found[path] = "\n".join(cells)
        return found

    @cached_property
    def words(self) -> frozenset[str]:
        """Names that are listed somewhere: tables, columns, files, keys, vocabulary, words of scripts."""
        repository = self._repository
        found = set(_ALWAYS) | repository.vocabulary
        for table, columns in repository.tables.items():
            found.update(table.split("."), columns)
        found.update(PurePosixPath(name).stem for name in repository.by_name)
        schema = {PurePosixPath(name) for name in (*repository.config.schema, *repository.config.vocabulary)}
        for path in repository.files - schema:
            if path.suffix in _KEYED:
                found.update(data.keys_of(path.name, repository.read_text(path) or ""))
            elif (
                path.suffix in _SCRIPTS
                or path.name in _READ_AS_WORDS
                or (path.suffix == ".sql" and not repository.tables)
            ):
                found.update(_WORD.findall(repository.read_text(path) or ""))
        return frozenset(found)

    @cached_property
    def all_known(self) -> frozenset[str]:
        """Every name, to find the nearest."""
        code = (self._code(path) for path in self._python)
        return self.words | {word for words in code for word in words if "_" in word and word.islower()}

    @cached_property
    def upper(self) -> frozenset[str]:
        """Every UPPER_CASE word of a Python file outside its docstrings and comments."""
        return frozenset(word for text in self._unsaid.values() for word in _UPPER.findall(text))

    @cached_property
    def _unsaid(self) -> dict[PurePosixPath, str]:
        """The Python files without docstrings and comments."""
        return {path: _PROSE.sub(" ", text) for path, text in self._python.items()}

    def _code(self, path: PurePosixPath) -> frozenset[str]:
        """Identifiers of a Python file outside its strings and comments."""
        if path not in self._identifiers:
            code = _CODE_OR_TEXT.sub(" ", self._python[path])
            self._identifiers[path] = frozenset(_WORD.findall(code))
        return self._identifiers[path]

    def knows(self, name: str) -> bool:
        """Whether the repository defines the name."""
        if name not in self._known:
            self._known[name] = self._look_up(name)
        return self._known[name]

    def _look_up(self, name: str) -> bool:
        if name in self.words:
            return True
        option = "--" + name.replace("_", "-")
        quoted = re.compile(rf"[\"']{re.escape(name)}[\"']")
        key = re.compile(rf"[\"']{re.escape(name)}[\"']\s*:")  # of a dictionary: the shape of what is printed
        for path, text in self._python.items():
            shape = quoted if not self._repository.tables else key
            if name in text and (name in self._code(path) or shape.search(text)):
                return True
            if option in text and re.search(rf"{option}(?![\w-])", text):
                return True
        return False

    def mentions(self, name: str, *, in_code: bool = False) -> bool:
        """Whether a Python file or a script holds the word; a name that ends in ``_`` is a prefix.

        With ``in_code`` what docstrings and comments say does not count.
        """
        end = "" if name.endswith("_") else r"\b"
        word = re.compile(rf"\b{re.escape(name)}{end}")
        texts = self._unsaid if in_code else self._python
        return name in self.words or any(name in text and word.search(text) for text in texts.values())

    def of_page(self, path: PurePosixPath) -> frozenset[str]:
        """Names that the fences of a page define themselves."""
        if path not in self._pages:
            kinds = {Kind.FENCE, Kind.CELL}
            texts = [each.text for each in pages.read(self._repository, path).snippets if each.kind in kinds]
            found = {each for text in texts for groups in _DEFINED_IN_PAGE.findall(text) for each in groups if each}
            self._pages[path] = frozenset(found)
        return self._pages[path]
