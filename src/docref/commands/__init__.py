"""Commands in shell fences, console transcripts, notebook cells and code spans: programs, subcommands, flags, values.

Nothing is run: command lines are read from the source of the programs (typer_apps, click_groups, parsers, scripts).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docref import pages
from docref.commands.calls import Caller, is_placeholder
from docref.commands.programs import Programs
from docref.commands.words import commands
from docref.model import Judgement, Kind, Outcome, Snippet

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docref.repository import Repository

_SHELLS = {"bash", "sh", "shell", "zsh", "console", "shell-session", "terminal"}
_PROMPT = re.compile(r"^(\s*)(\$|>>>|%|\(\S+\) \$) ")
_CALLED_BARE = {"make", "papermill", "python", "python3", "pip", "pip3", "pytest", "bash", "sh"}
_FLAG = re.compile(r"(--?[A-Za-z][\w-]*)(?:[ =].*)?")
_LONGEST_SPAN = 2_000
_TEXTS = ("Makefile", ".toml", ".yml", ".yaml", ".cfg", ".ini", ".sh")


def judge(snippet: Snippet, repository: Repository) -> Iterator[Judgement]:
    """Judge the commands of a snippet, or a code span that is a lone flag."""
    caller = _caller(repository)
    if snippet.kind is Kind.CODE:
        yield from _span(snippet, caller, repository)
    elif snippet.kind is Kind.FENCE and (snippet.language in _SHELLS or not snippet.language):
        yield from _shell(snippet, _typed(snippet, caller), caller)
    elif snippet.kind is Kind.CELL:
        yield from _shell(snippet, _escaped(snippet.text), caller)


def option_words(repository: Repository) -> frozenset[str]:
    """Every option of the repository's programs and scripts."""
    return _caller(repository).programs.option_words


def _caller(repository: Repository) -> Caller:
    caller: Caller | None = repository.cache.get(__name__)
    if caller is None:
        caller = repository.cache[__name__] = Caller(repository, Programs(repository))
    return caller


def _shell(snippet: Snippet, text: str, caller: Caller) -> Iterator[Judgement]:
    for words in commands(text):
        yield from caller.judge([word.on(snippet) for word in words], snippet.path)


def _typed(snippet: Snippet, caller: Caller) -> str:
    """The text with everything blanked that is not typed: prompts, and output where there are prompts."""
    lines = snippet.text.split("\n")
    if any(_PROMPT.match(line) for line in lines):
        kept, going_on = [], False
        for line in lines:
            match = _PROMPT.match(line)
            typed = bool(match) or going_on
            kept.append(" " * match.end() + line[match.end() :] if match else line if typed else "")
            going_on = typed and line.endswith("\\")
        return "\n".join(kept)
    if snippet.language in {"console", "shell-session", "terminal"} or snippet.language:
        return snippet.text
    # A fence without a language is shell if all that it says could be: each command starts with a known program.
    kept = []
    going_on = False
    for line in lines:
        first = line.split(maxsplit=1)[0] if line.strip() else ""
        known = going_on or caller.knows(first) or first in _CALLED_BARE
        kept.append(line if known else "")
        going_on = known and line.endswith("\\")
    return "\n".join(kept)


def _escaped(text: str) -> str:
    """The shell lines of a notebook's cell, at their places."""
    lines = text.split("\n")
    if lines and lines[0].strip() in {"%%bash", "%%sh", "%%script bash"}:
        return "\n".join(["", *lines[1:]])
    kept, going_on = [], False
    for line in lines:
        shell = going_on or line.lstrip().startswith("!")
        kept.append(line if going_on else line.replace("!", " ", 1) if shell else "")
        going_on = shell and line.endswith("\\")
    return "\n".join(kept)


def _span(snippet: Snippet, caller: Caller, repository: Repository) -> Iterator[Judgement]:
    text = snippet.text
    if len(text) > _LONGEST_SPAN or not text.strip():
        return
    flag = _FLAG.fullmatch(text)
    if flag:
        if flag[1].startswith("--") or flag[1] in caller.programs.option_words:
            yield _lone(snippet, flag[1], caller, repository)
        return
    first = text.split(maxsplit=1)[0]
    if caller.knows(first) or (first in _CALLED_BARE and " " in text.strip()):
        for words in commands(text):
            if words and (caller.knows(words[0].text) or words[0].text in _CALLED_BARE):
                yield from caller.judge([word.on(snippet) for word in words], snippet.path)


def _is_given_elsewhere(
    flag: str, word: re.Pattern[str], snippet: Snippet, caller: Caller, repository: Repository
) -> bool:
    """Whether another call of the page gives the flag to a program that is not the repository's."""
    for each in pages.read(repository, snippet.path).snippets:
        if each.kind in {Kind.FENCE, Kind.CODE} and each.text != flag and word.search(each.text):
            for words in commands(each.text):
                given = {one.text.partition("=")[0] for one in words[1:]}
                first = words[0].text
                if flag in given and not first.startswith("-") and not any(caller.knows(one.text) for one in words):
                    return caller.is_foreign(first)
    return False


def _lone(snippet: Snippet, flag: str, caller: Caller, repository: Repository) -> Judgement:
    """A flag that stands alone must belong to some program, or be given to a foreign one in the repository's files."""
    known = caller.programs.option_words
    place = (snippet.path, snippet.line, snippet.column)
    if flag in known:
        return Judgement("flag", flag, Outcome.GOOD, *place)
    if is_placeholder(flag.strip("-"), repository):
        return Judgement("flag", flag, Outcome.SKIPPED, *place, "a placeholder")
    word = re.compile(rf"(?<![\w-]){re.escape(flag)}(?![\w-])")
    for path in sorted(repository.files):
        if path.name.endswith(_TEXTS) or path.parts[0].startswith(".") or not path.suffix:
            content = repository.read_text(path)
            if content is not None and flag in content and word.search(content):
                return Judgement("flag", flag, Outcome.SKIPPED, *place, f"given to a foreign program in {path}")
    if _is_given_elsewhere(flag, word, snippet, caller, repository):
        return Judgement("flag", flag, Outcome.SKIPPED, *place, "given to a foreign program in this page")
    near = repository.nearest(flag, known)
    return Judgement("flag", flag, Outcome.MISSING, *place, f"no program of the repository has '{flag}'", near)
