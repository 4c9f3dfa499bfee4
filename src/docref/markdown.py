"""Markdown as pieces of text with their places, and the headings and ids that links can point to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

from docref.model import Kind, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import PurePosixPath

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_LINE = 20_000
"""Characters; a longer line is left out, and said to be."""
INCLUDE = "--8<--"
"""Label of a link that is an inclusion of a file."""

_LARGEST_BLOCK = 10_000
_OPEN_HEADING = ("\0", "")
_IGNORE = re.compile(r"docref:\s*ignore\b")
_ALONE = re.compile(r"\s*<!--\s*docref:\s*ignore\s*-->\s*")
_FRONT_MATTER = re.compile(r"---[ \t]*\n(?:.*\n)*?(?:---|\.\.\.)[ \t]*(?:\n|$)")
_ATTRIBUTES = re.compile(r"\{:?([^{}\n]{0,200})\}")
_ID = re.compile(r"(?:^|\s)#([\w:.-]+)")
_HTML_TARGET = re.compile(r"""\b(?:href|src)\s{0,9}=\s{0,9}(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_HTML_ID = re.compile(r"""\b(?:id|name)\s{0,9}=\s{0,9}(?:"([^"<>]*)"|'([^'<>]*)')""", re.IGNORECASE)
_INCLUSION = re.compile(r"""\s*-+8<-+[ \t]+(["'])(?P<path>[^"']+)\1\s*""")
_UNDEFINED = re.compile(r"(?<![\w\]\\])\[([^\[\]]{1,300})\]\[([^\[\]\n]{0,200})\]")
_LANGUAGE = re.compile(r"[\s{.]*([\w+#-]*)")


@dataclass(slots=True)
class ParsedText:
    """What one Markdown text holds.

    Attributes:
        snippets: Its pieces; lines and columns count from 1 inside the text.
        headings: Text and explicit id of each heading.
        ids: Ids of other elements.
        ignored: Lines, from 1, that the author has told the checker to leave alone.
        left_out: Lines, from 1, that are too long to be read.
        undefined: Line, column and label of each ``[text][label]`` without a definition.
    """

    snippets: list[Snippet] = field(default_factory=list)
    headings: list[tuple[str, str]] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    ignored: set[int] = field(default_factory=set)
    left_out: list[int] = field(default_factory=list)
    undefined: list[tuple[int, int, str]] = field(default_factory=list)


def parse(path: PurePosixPath, text: str, *, docstring: bool = False) -> ParsedText:
    """Read a Markdown text."""
    return _Reader(path, text, docstring=docstring).read()


@lru_cache(maxsize=2)
def _parser(*, docstring: bool) -> MarkdownIt:
    from docref.blocks import parser

    return parser(indented_code=not docstring)


class _Reader:
    def __init__(self, path: PurePosixPath, text: str, *, docstring: bool) -> None:
        self._path = path
        self._docstring = docstring
        self._parsed = ParsedText()
        # the same line ends as markdown-it sees, and the same substitute for NUL
        text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\N{REPLACEMENT CHARACTER}")
        front = None if docstring else _FRONT_MATTER.match(text)
        if front is not None:
            text = "\n" * front[0].count("\n") + text[front.end() :]
        self._lines = text.split("\n")
        for number, line in enumerate(self._lines):
            if len(line) > LONGEST_LINE:
                self._parsed.left_out.append(number + 1)
                self._lines[number] = ""

    def read(self) -> ParsedText:
        """Parse and collect."""
        environment: dict[str, object] = {}
        parser = _parser(docstring=self._docstring)
        tokens = self._blocks(parser, environment)
        for token in tokens:
            self._block(token)
        self._definitions(environment)
        self._inclusions()
        self._ignores(tokens)
        self._parsed.snippets.sort(key=lambda each: (each.line, each.column))
        return self._parsed

    def _blocks(self, parser: MarkdownIt, environment: dict[str, object]) -> list[Token]:
        """Tokens of the text; a block too large to read inside is emptied before it costs time."""
        tokens: list[Token] = []
        parser.block.parse("\n".join(self._lines), parser, environment, tokens)
        for token in tokens:
            if token.type != "inline":
                continue
            if len(token.content) > _LARGEST_BLOCK:
                self._parsed.left_out.append((token.map or [0])[0] + 1)
                token.content = ""
            token.children = token.children if token.children is not None else []
            parser.inline.parse(token.content, parser, environment, token.children)
        return tokens

    def _add(self, kind: Kind, text: str, place: tuple[int, int], *, language: str = "", label: str = "") -> None:
        self._parsed.snippets.append(Snippet(self._path, *place, kind, text, language, label))

    def _block(self, token: Token) -> None:
        line = (token.map or [0])[0]
        if token.type == "inline":
            self._inline(token, line)
        elif token.type in {"fence", "code_block"}:
            first = line + 1 if token.type == "fence" else line
            language = _LANGUAGE.match(token.info)
            content = token.content.removesuffix("\n")
            column = max(self._line(first).find(content.split("\n", 1)[0]), 0) + 1
            self._add(Kind.FENCE, content, (first + 1, column), language=language[1].lower() if language else "")
        elif token.type == "directive":
            self._add(Kind.DIRECTIVE, token.content, (line + 1, self._line(line).find(token.content) + 1))
        elif token.type == "html_block":
            self._html(token.content, line)
        elif token.type == "heading_open":
            self._parsed.headings.append(_OPEN_HEADING)  # its inline token follows and fills it

    def _line(self, number: int) -> str:
        return self._lines[number] if number < len(self._lines) else ""

    def _html(self, text: str, line: int) -> None:
        for offset, each in enumerate(text.split("\n")):
            if _ALONE.fullmatch(each):
                continue
            start = max(self._line(line + offset).find(each), 0)
            for found in _HTML_TARGET.finditer(each):
                target = unescape(found[1] or found[2] or "")
                self._add(Kind.LINK, target, (line + offset + 1, start + found.start() + 1))
            self._parsed.ids += [found[1] or found[2] for found in _HTML_ID.finditer(each) if found[1] or found[2]]

    def _inline(self, token: Token, line: int) -> None:
        children = token.children or []
        place = _Places(self._lines, token, line)
        masked = list(token.content)
        for index, child in enumerate(children):
            start, end = child.meta.get("start", 0), child.meta.get("end", 0)
            if child.type == "code_inline":
                self._add(Kind.CODE, child.content, place.of(start, child.content))
                masked[start:end] = " " * (end - start)
            elif child.type in {"link_open", "image"}:
                self._link(token.content[start:end], children, index, place.of(start))
                masked[start:end] = " " * (end - start)
            elif child.type == "html_inline":
                self._html_inline(child.content, place.of(start))
        self._rest("".join(masked), token.content, children, place)

    def _rest(self, rest: str, content: str, children: Sequence[Token], place: _Places) -> None:
        """Take in what stands beside code and links: references without a definition, and attributes."""
        for found in _UNDEFINED.finditer(content):
            if rest[found.start()] == "[":
                self._undefined(found, place.of(found.start()))
        heading = self._parsed.headings[-1:] == [_OPEN_HEADING]
        own = ""
        for found in _ATTRIBUTES.finditer(rest):
            named = _ID.search(found[1])
            if named and heading and not rest[found.end() :].strip():
                own = named[1]
            elif named:
                self._parsed.ids.append(named[1])
        if heading:
            text = _text(children)
            self._parsed.headings[-1] = (_ATTRIBUTES.sub("", text).rstrip() if own else text, own)

    def _undefined(self, found: re.Match[str], place: tuple[int, int]) -> None:
        label = (found[2] or found[1]).strip("`")
        if "." in label and all(part.isidentifier() for part in label.split(".")):
            self._add(Kind.DIRECTIVE, label, place, label=found[1])
        elif not label.startswith("^"):
            self._parsed.undefined.append((*place, label))

    def _link(self, raw: str, children: Sequence[Token], index: int, place: tuple[int, int]) -> None:
        opening = children[index]
        if not raw.endswith(")") and opening.markup != "autolink":
            return  # by reference: judged where the reference is defined
        if opening.type == "image":
            target, label = opening.attrGet("src"), opening.content
        else:
            target = opening.attrGet("href")
            label = _text(_until_close(children, index))
        self._add(Kind.LINK, str(target or ""), place, label=label)

    def _html_inline(self, text: str, place: tuple[int, int]) -> None:
        for found in _HTML_TARGET.finditer(text):
            self._add(Kind.LINK, unescape(found[1] or found[2] or ""), place)
        self._parsed.ids += [found[1] or found[2] for found in _HTML_ID.finditer(text) if found[1] or found[2]]

    def _definitions(self, environment: dict[str, object]) -> None:
        references = environment.get("references", {})
        for label, reference in references.items() if isinstance(references, dict) else ():
            line = reference["map"][0]
            column = max(self._line(line).find("["), 0) + 1
            self._add(Kind.LINK, reference["href"], (line + 1, column), label=label.lower())

    def _inclusions(self) -> None:
        for number, line in enumerate(self._lines):
            found = _INCLUSION.fullmatch(line) if "8<" in line else None
            if found is not None:
                self._add(Kind.LINK, found["path"], (number + 1, found.start("path") + 1), label=INCLUDE)

    def _ignores(self, tokens: Sequence[Token]) -> None:
        for number, line in enumerate(self._lines):
            if "docref" not in line or not _IGNORE.search(line):
                continue
            self._parsed.ignored.add(number + 1)
            if _ALONE.fullmatch(line):
                spans = [token.map for token in tokens if token.map and token.map[0] > number]
                if spans:
                    first = min(start for start, _ in spans)
                    last = max(end for start, end in spans if start == first)
                    self._parsed.ignored.update(range(first + 1, last + 1))


class _Places:
    """Where in the page the characters of one inline token stand."""

    def __init__(self, lines: Sequence[str], token: Token, first: int) -> None:
        self._lines = lines
        self._content = token.content
        self._first = first
        self._next = 0

    def of(self, offset: int, text: str = "") -> tuple[int, int]:
        """Line and column, from 1, of a character of the content; ``text`` stands there in backticks."""
        before = self._content[:offset]
        line = self._first + before.count("\n")
        start = before.rfind("\n") + 1
        end = self._content.find("\n", offset)
        whole = self._content[start : end if end >= 0 else None]
        source = self._lines[line] if line < len(self._lines) else ""
        found = source.find(whole.strip())
        lead = len(whole) - len(whole.lstrip())
        if found >= 0 and source.count(whole.strip()) == 1:
            column = found + offset - start - lead
        else:  # a cell of a table, of which the line can hold several
            column = max(source.find(self._content[offset : offset + 1] + text, self._next), 0)
            self._next = column + 1
        tick = len(self._content[offset:]) - len(self._content[offset:].lstrip("`")) if text else 0
        return line + 1, column + tick + 1


def _until_close(children: Sequence[Token], index: int) -> Iterator[Token]:
    for child in children[index + 1 :]:
        if child.type == "link_close":
            return
        yield child


def _text(children: Sequence[Token] | Iterator[Token]) -> str:
    """What the reader sees of inline tokens."""
    parts = []
    for child in children:
        if child.type in {"text", "code_inline", "text_special"}:
            parts.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            parts.append(" ")
    return "".join(parts)
