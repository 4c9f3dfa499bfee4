"""Pages are taken apart with the right lines, columns and anchors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html import unescape
from pathlib import PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from docref import docstrings, markdown, notebooks, slugs
from docref.model import Kind

PAGE = PurePosixPath("page.md")

EVERYTHING = """# A `x` b {#own}

Text `a/b.py` and [l `c`](x/y.md#z) and [u][v.w]
next `line` ![img](i.png "t")

!!! note "T `q`"
    inner `code`

        real code

=== "Tab"

    ```bash title="x"
    run me
    ```

::: pkg.mod
    options:
      a: b

| a | b |
|---|---|
| `c` | `c` `d` |

[^1]: foot `note`

[def]: some/where.md
--8<-- "docs/x.md"
<!-- docref: ignore -->
ignored `this`
and <a id="anc" href="q.md">x</a>
"""


def test_every_construct_has_its_place() -> None:
    """Code, links, fences, directives and inclusions are seen where they stand, also inside what mkdocs adds."""
    found = [(each.line, each.column, each.kind, each.text) for each in markdown.parse(PAGE, EVERYTHING).snippets]
    expected = [
        (1, 6, Kind.CODE, "x"),
        (3, 7, Kind.CODE, "a/b.py"),
        (3, 19, Kind.LINK, "x/y.md#z"),
        (3, 23, Kind.CODE, "c"),
        (3, 41, Kind.DIRECTIVE, "v.w"),
        (4, 7, Kind.CODE, "line"),
        (4, 13, Kind.LINK, "i.png"),
        (6, 14, Kind.CODE, "q"),
        (7, 12, Kind.CODE, "code"),
        (9, 9, Kind.FENCE, "real code"),
        (14, 5, Kind.FENCE, "run me"),
        (17, 5, Kind.DIRECTIVE, "pkg.mod"),
        (23, 4, Kind.CODE, "c"),
        (23, 10, Kind.CODE, "c"),
        (23, 14, Kind.CODE, "d"),
        (25, 13, Kind.CODE, "note"),
        (27, 1, Kind.LINK, "some/where.md"),
        (28, 9, Kind.LINK, "docs/x.md"),
        (30, 10, Kind.CODE, "this"),
        (31, 5, Kind.LINK, "q.md"),
    ]
    assert expected == found


def test_ignored_lines_are_the_comments_block() -> None:
    """A comment of its own covers the block after it."""
    assert markdown.parse(PAGE, EVERYTHING).ignored == {29, 30, 31}


BLOCKS = st.sampled_from(
    [
        "Some words.",
        "# Heading",
        "- item\n- item\n  more",
        "> quoted\n> again",
        "```python\nx = 1\n```",
        "| a | b |\n|---|---|\n| 1 | 2 |",
        "!!! note\n    inside",
        "    indented",
        "1. one\n\n    two",
        "<div>\nhtml\n</div>",
        "***",
        "a *b* **c** `d` [e](f)",
        "---",
    ]
)
HOLDERS = st.sampled_from(
    ["{}", "- {}", "> {}", "# {}", "words {} words", "!!! tip\n    {}", "| a |\n|---|\n| {} |", "1. x\n   {}"]
)


@settings(max_examples=150, deadline=None)
@given(st.lists(BLOCKS, max_size=6), st.lists(BLOCKS, max_size=6), HOLDERS)
def test_a_reference_anywhere_has_its_line(before: list[str], after: list[str], holder: str) -> None:
    """A file named at any place of any Markdown is reported at its line and column."""
    text = "\n\n".join(["start", *before, "text", holder.format("`src/gone.py`"), *after])
    offset = text.index("src/gone.py")
    line = text.count("\n", 0, offset) + 1
    column = offset - text.rfind("\n", 0, offset)
    found = [(each.line, each.column) for each in markdown.parse(PAGE, text).snippets if each.text == "src/gone.py"]
    assert found == [(line, column)]


def notebook(*cells: tuple[str, str], indent: int | None = 1) -> str:
    """The text of a notebook."""
    made = [{"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)} for kind, source in cells]
    return json.dumps({"cells": made, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}, indent=indent)


def test_a_notebooks_lines_are_the_files_lines() -> None:
    """The line of a source line is the line of the .ipynb file in which it is written."""
    text = notebook(("markdown", "# One\n\nwords"), ("code", "x = 1\n!ls docs\ny = 2"))
    _, cells = notebooks.read(text)
    lines = text.split("\n")
    for cell in cells:
        for source, (line, column) in zip(cell.lines, cell.places, strict=True):
            assert lines[line - 1][column - 1 :].startswith(json.dumps(source)[1:-1])
    python, shell = notebooks.code(PurePosixPath("n.ipynb"), cells[1], "python")
    assert (python.kind, python.text) == (Kind.CELL, "x = 1\npass\ny = 2")
    assert (shell.language, shell.text, lines[shell.line - 1].strip()) == ("bash", "ls docs", '"!ls docs\\n",')


def test_a_notebook_on_one_line_is_read() -> None:
    """A notebook without line ends has every cell on line 1."""
    _, cells = notebooks.read(notebook(("markdown", "a\nb"), indent=None))
    assert [line for line, _ in cells[0].places] == [1, 1]


def test_a_docstring_has_the_files_lines() -> None:
    """Lines and columns of a docstring count in the Python file."""
    source = 'def f():\n    """Head.\n\n    See `x.md`.\n    """\n'
    [(text, places)] = docstrings.docstrings(source)
    [snippet] = markdown.parse(PAGE, text, docstring=True).snippets
    line, column = places[snippet.line - 1]
    assert (line, source.split("\n")[line - 1][column + snippet.column - 2 :][:4]) == (4, "x.md")


HEADINGS = [
    "Plain Words",
    "With `code_x` & more!",
    "Ünïcode — dash",
    "Twice",
    "Twice",
    "Twice_1",
    "*Em* **bold** [l](x)",
    "1. Num",
    "日本",
]


@pytest.mark.slow
def test_anchors_are_those_of_mkdocs() -> None:
    """Python-Markdown's toc makes the same ids."""
    import markdown as python_markdown

    text = "\n\n".join(f"## {each}" for each in [*HEADINGS, "Own {#own}"])
    html = python_markdown.markdown(text, extensions=["toc", "attr_list"])
    expected = set(re.findall(r'<h2 id="([^"]*)"', html))
    parsed = markdown.parse(PAGE, text)
    assert expected == slugs.anchors(parsed.headings, parsed.ids, slugs.Renderer.MKDOCS)


@pytest.mark.slow
@pytest.mark.parametrize("renderer", [slugs.Renderer.NOTEBOOK, slugs.Renderer.MKDOCS_NOTEBOOK])
@pytest.mark.filterwarnings("ignore")
def test_anchors_are_those_of_notebooks(renderer: slugs.Renderer) -> None:
    """The renderers of nbconvert and of mkdocs-jupyter make the same ids."""
    text = "\n\n".join(f"## {each}" for each in HEADINGS)
    module = "mkdocs_jupyter.convert" if renderer is slugs.Renderer.MKDOCS_NOTEBOOK else "nbconvert"
    code = (
        f"import sys, {module}\nfrom nbconvert.filters.markdown_mistune import markdown2html_mistune as render\n"
        "print(render(sys.argv[1]))"
    )
    html = subprocess.run(  # its own process: the plugin changes nbconvert for good
        [sys.executable, "-W", "ignore", "-c", code, text], check=True, capture_output=True, text=True
    ).stdout
    expected = set(map(unescape, re.findall(r'<h2 id="([^"]*)"', html)))
    parsed = markdown.parse(PAGE, text)
    assert expected
    assert expected == slugs.anchors(parsed.headings, [], renderer)


def test_anchors_of_github_count_from_one() -> None:
    """GitHub keeps underscores and letters of any script, and counts repetitions with a hyphen."""
    found = slugs.anchors([("A b_c!", ""), ("A b_c!", ""), ("Ü x", "")], [], slugs.Renderer.GITHUB)
    assert found == {"a-b_c", "a-b_c-1", "ü-x"}


def test_front_matter_is_no_heading() -> None:
    """The lines of a front matter are no text, and the lines after it keep their numbers."""
    parsed = markdown.parse(PAGE, "---\ntitle: x\n---\n\n`y_z`\n")
    assert (parsed.headings, parsed.snippets[0].line) == ([], 5)
