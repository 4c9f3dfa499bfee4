"""What mkdocs adds to Markdown, as block rules of markdown-it: admonitions, tabs, footnotes, ``:::`` directives."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import autolink, backtick, html_inline, image, link

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it.ruler import RuleOptionsType
    from markdown_it.rules_block import StateBlock
    from markdown_it.rules_inline import StateInline

_CONTAINER = re.compile(
    r"""(?:!!!|\?\?\?\+?|///)[ ]+[\w-]+(?:[ ][\w -]+?)?[ ]*(?P<title>"[^"]*")?[ ]*$"""
    r"""|===[+!]*[ ]+(?P<tab>"[^"]*")[ ]*$"""
    r"""|\[\^[^\]\s]+\]:[ ]*(?P<note>.*)$"""
    r"""|:[ ]{1,3}(?P<definition>\S.*)$"""
)
_DIRECTIVE = re.compile(r":::[ ]+(?P<identifier>[\w.]+)[ ]*$")
_INDENT = 4
_LONGEST_HEAD = 2000


def parser(*, indented_code: bool = True) -> MarkdownIt:
    """A parser whose code, link, image and HTML tokens know where in their block they start and end.

    Args:
        indented_code: Whether four spaces make a code block; in a docstring they indent a section.
    """
    made = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    if not indented_code:
        made.disable("code")
    paragraph: RuleOptionsType = {"alt": ["paragraph", "reference", "blockquote", "list"]}
    made.block.ruler.before("fence", "container", _container, paragraph)
    made.block.ruler.before("fence", "directive", _directive, paragraph)
    rules: dict[str, Callable[[StateInline, bool], bool]] = {
        "backticks": backtick,
        "link": link,
        "image": image,
        "autolink": autolink,
        "html_inline": html_inline,
    }
    for name, rule in rules.items():
        made.inline.ruler.at(name, _placed(rule))
    return made


def _placed(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def placed(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        pending = bool(state.pending)
        done = rule(state, silent)
        if done and not silent and len(state.tokens) > count:
            # text before it, if there is any, becomes a token of its own first
            first = count + 1 if pending and state.tokens[count].type == "text" else count
            if first < len(state.tokens):
                state.tokens[first].meta |= {"start": start, "end": state.pos}
        return done

    return placed


def _line(state: StateBlock, number: int) -> str:
    start = state.bMarks[number] + state.tShift[number]
    return state.src[start : min(state.eMarks[number], start + _LONGEST_HEAD)]


def _end_of_indented(state: StateBlock, start: int, end: int) -> int:
    least = state.sCount[start] + _INDENT
    last = start
    for number in range(start + 1, end):
        if state.isEmpty(number):
            continue
        if state.sCount[number] < least:
            break
        last = number
    return last + 1


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    head = _CONTAINER.match(_line(state, start))
    if head is None:
        return False
    if silent:
        return True
    after = _end_of_indented(state, start, end)
    title = next((each for each in head.groups() if each), "")
    if title:
        _push_inline(state, title, start)
    before: tuple[Any, int, int] = (state.parentType, state.lineMax, state.blkIndent)
    state.parentType, state.lineMax, state.blkIndent = "container", after, state.sCount[start] + _INDENT
    state.level += 1
    state.md.block.tokenize(state, start + 1, after)
    state.level -= 1
    state.parentType, state.lineMax, state.blkIndent = before
    state.line = after
    return True


def _push_inline(state: StateBlock, content: str, line: int) -> None:
    token = state.push("inline", "", 0)
    token.content, token.map, token.children = content, [line, line + 1], []


def _directive(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    if state.is_code_block(start):
        return False
    head = _DIRECTIVE.match(_line(state, start))
    if head is None:
        return False
    if not silent:
        state.line = _end_of_indented(state, start, end)
        token = state.push("directive", "", 0)
        token.content, token.map = head["identifier"], [start, state.line]
    return True
