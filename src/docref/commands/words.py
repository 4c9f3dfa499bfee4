"""Shell text cut into commands and words, each word with its place; nothing is expanded or run."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from docref.model import Judgement

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.model import Outcome, Snippet

_SPACE = " \t"
_NOWHERE = PurePosixPath()
_DEEPEST = 4
"""Substitutions inside each other that are read."""
_HEREDOC = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")
_WRAPPERS = {
    "sudo",
    "time",
    "nohup",
    "exec",
    "env",
    "command",
    "xargs",
    "nice",
    "then",
    "do",
    "else",
    "if",
    "while",
    "!",
}
"""Words before the program that runs."""


@dataclass(frozen=True, slots=True)
class CommandWord:
    """One word of a command.

    Attributes:
        text: The word without quotes and backslashes.
        line: Line in the text, from 0; on a page, from 1.
        column: Column in the line, likewise.
        quoted: Whether a part of it was in quotes.
        open: Whether something in it is filled in when it runs ($VAR, $(...), `...`).
        page: The page, once the word has its place there.
    """

    text: str
    line: int
    column: int
    quoted: bool = False
    open: bool = False
    page: PurePosixPath = _NOWHERE

    def on(self, snippet: Snippet) -> CommandWord:
        """The word at its place on the page of the snippet whose text it is from."""
        # Only the first line of a snippet starts where the snippet does.
        column = self.column + (snippet.column if self.line == 0 else 1)
        return replace(self, page=snippet.path, line=snippet.line_of(self.line), column=column)

    def judged(self, rule: str, outcome: Outcome, message: str = "", suggestion: str = "") -> Judgement:
        """What a rule says about the word."""
        return Judgement(rule, self.text, outcome, self.page, self.line, self.column, message, suggestion)


def commands(text: str, depth: int = 0) -> list[list[CommandWord]]:
    """The commands of a shell text, without redirections and without assignments and wrappers before the program."""
    lexer = _Lexer(text)
    found = [*lexer.commands(), *(lexer.substituted(depth) if depth < _DEEPEST else ())]
    return [kept for words in found if (kept := _program_first(words))]


def _program_first(words: list[CommandWord]) -> list[CommandWord]:
    start = 0
    while start < len(words):
        word = words[start]
        if not (word.text in _WRAPPERS or (_ASSIGNMENT.match(word.text) and not word.text.startswith("-"))):
            break
        start += 1
    return words[start:]


class _Lexer:
    """Reads a text once, character by character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._line = 0
        self._start = 0
        self._found: list[list[CommandWord]] = [[]]
        self._ends: list[str] = []
        self._redirected = False
        self._inner: list[tuple[str, int, int]] = []
        """Text, line and column of each ``$(...)``."""

    def commands(self) -> list[list[CommandWord]]:
        text = self._text
        while self._at < len(text):
            char = text[self._at]
            if char == "\n":
                self._newline()
            elif char in _SPACE:
                self._at += 1
            elif text.startswith("\\\n", self._at):
                self._at += 1
                self._advance_line()
            elif char == "#":
                self._at = self._end_of_line()
            elif char in ";&|()":
                self._at += 1
                self._found.append([])
            elif char in "<>" and not self._is_placeholder():
                self._redirection()
            else:
                self._word()
        return [words for words in self._found if words]

    def substituted(self, depth: int) -> Iterator[list[CommandWord]]:
        """The commands inside each ``$(...)`` that has been read, at their places."""
        for inner, line, column in self._inner:
            for words in commands(inner, depth + 1):
                yield [replace(word, line=line, column=column + word.column) for word in words]

    def _end_of_line(self) -> int:
        end = self._text.find("\n", self._at)
        return len(self._text) if end < 0 else end

    def _advance_line(self) -> None:
        self._at += 1
        self._line += 1
        self._start = self._at

    def _newline(self) -> None:
        self._advance_line()
        self._found.append([])
        self._redirected = False
        while self._ends:
            end = self._ends.pop(0)
            while self._at < len(self._text):
                line_end = self._end_of_line()
                line = self._text[self._at : line_end]
                self._at = line_end
                if self._at < len(self._text):
                    self._advance_line()
                if line.strip() == end:
                    break

    def _is_placeholder(self) -> bool:
        """Whether an angle bracket opens something like ``<file>``."""
        return re.match(r"<[\w][\w .|/-]{0,60}>", self._text[self._at : self._at + 64]) is not None

    def _redirection(self) -> None:
        heredoc = _HEREDOC.match(self._text, self._at)
        if heredoc:
            self._ends.append(heredoc[2])
            self._at = heredoc.end()
            return
        while self._at < len(self._text) and self._text[self._at] in "<>&":
            self._at += 1
        self._redirected = True

    def _word(self) -> None:  # noqa: C901 - by kind of character
        text, start = self._text, self._at
        place = (self._line, start - self._start)
        parts: list[str] = []
        quoted = filled = False
        while self._at < len(text):
            char = text[self._at]
            if char in "\n;&()" or char in _SPACE or (char in "<>" and not self._is_placeholder()):
                break
            if char == "|" and not self._joins():
                break
            if char == "<":
                end = text.index(">", self._at) + 1
                parts.append(text[self._at : end])
                self._at = end
            elif char in "'\"":
                quoted = True
                filled |= self._quoted(char, parts)
            elif char == "\\" and self._at + 1 < len(text):
                if text[self._at + 1] == "\n":
                    self._at += 1
                    self._advance_line()
                else:
                    parts.append(text[self._at + 1])
                    self._at += 2
            elif char in {"$", "`"}:
                filled = True
                self._substitution(char, parts)
            else:
                parts.append(char)
                self._at += 1
        if self._redirected:
            self._redirected = False  # the file that follows
        elif not (self._at < len(text) and text[self._at] in "<>" and "".join(parts).isdigit()):
            self._found[-1].append(CommandWord("".join(parts), *place, quoted, filled))

    def _joins(self) -> bool:
        """Whether a bar stands between two values, as in ``daily|backfill``."""
        before, after = self._text[self._at - 1 : self._at], self._text[self._at + 1 : self._at + 2]
        return bool(re.fullmatch(r"[\w>\]]", before) and re.fullmatch(r"[\w<\[-]", after))

    def _quoted(self, quote: str, parts: list[str]) -> bool:
        filled = False
        self._at += 1
        while self._at < len(self._text) and self._text[self._at] != quote:
            char = self._text[self._at]
            if char == "\n":
                parts.append(char)
                self._advance_line()
                continue
            if quote == '"' and char == "\\" and self._at + 1 < len(self._text):
                self._at += 1
                char = self._text[self._at]
                if char == "\n":
                    self._advance_line()
                    continue
            elif quote == '"' and char in "$`":
                filled = True
                if self._text.startswith("$(", self._at):
                    self._substitution(char, parts)
                    continue
            parts.append(char)
            self._at += 1
        self._at += 1
        return filled

    def _substitution(self, char: str, parts: list[str]) -> None:
        text, start = self._text, self._at
        pairs = {"$(": ")", "${": "}"}
        opened = text[start : start + 2]
        if char == "$" and opened in pairs:
            depth, self._at = 1, start + 2
            while self._at < len(text) and depth and text[self._at] != "\n":
                depth += (text[self._at] == opened[1]) - (text[self._at] == pairs[opened])
                self._at += 1
            if opened == "$(" and not depth and not text.startswith("$((", start):
                self._inner.append((text[start + 2 : self._at - 1], self._line, start + 2 - self._start))
        elif char == "`":
            end = text.find("`", start + 1)
            self._at = len(text) if end < 0 or "\n" in text[start:end] else end + 1
        else:
            self._at = start + 1
        parts.append(text[start : self._at])
