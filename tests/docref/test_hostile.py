"""Whatever stands in a repository, the checker ends, soon and without a crash."""

from __future__ import annotations

import time
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from repositories import missing, report, write

from docref.check import check
from docref.config import Config
from docref.markdown import parse
from docref.model import Outcome
from docref.repository import Repository

PATTERNS = [
    "[",
    "![",
    "`",
    "*",
    "_a",
    "](",
    "> ",
    "- ",
    "<a",
    "<!--",
    "[a](",
    "&#",
    "\\",
    "{#",
    "!!! a\n",
    "`` ",
    "a/",
    "../",
    "_",
    "=== ",
]


@pytest.mark.slow
@pytest.mark.parametrize("pattern", PATTERNS)
@pytest.mark.parametrize("end", ["", "\n"])
def test_repetition_is_no_trap(tmp_path: Path, pattern: str, end: str) -> None:
    """A construct repeated for 100,000 characters, in one line or in many, is over in seconds."""
    start = time.monotonic()
    report(tmp_path, {"README.md": (pattern + end) * (100_000 // len(pattern + end))})
    assert time.monotonic() - start < 20


@pytest.mark.slow
def test_the_worst_page_that_is_read_ends(tmp_path: Path) -> None:
    """A page of nearly a million brackets, in paragraphs just short enough to be read, ends within a minute."""
    start = time.monotonic()
    report(tmp_path, {"README.md": (("[" * 30 + "\n") * 300 + "\n") * 100})
    assert time.monotonic() - start < 60


def test_a_line_of_a_million_characters_is_said(tmp_path: Path) -> None:
    """The line is not judged, the others are."""
    found = report(tmp_path, {"README.md": "[a](x.md)" * 110_000 + "\n\n[b](gone.md)\n"})
    assert [(each.rule, each.outcome) for each in found.judgements] == [
        ("page", Outcome.UNKNOWN),
        ("link", Outcome.MISSING),
    ]


def test_a_page_of_50_megabytes_is_said(tmp_path: Path) -> None:
    """It is not read, and the report says so."""
    with (tmp_path / "README.md").open("wb") as file:
        file.truncate(50_000_000)
    [judgement] = report(tmp_path, {}).judgements
    assert (judgement.outcome, judgement.message) == (Outcome.UNKNOWN, "not judged: too large, or not text")


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"\xff\xfe\x00", ["page"]),
        (b"a\0b", ["page"]),
        ("\u00e9".encode("latin-1"), ["page"]),
        (b"", []),
        (b"\xef\xbb\xbf# x", []),
        (b"\r\r\n`gone.py`\r", ["path"]),
    ],
)
def test_a_page_that_is_no_text_is_a_finding(tmp_path: Path, content: bytes, found: list[str]) -> None:
    """Bytes that are no UTF-8 are one finding; empty pages, byte order marks and old line ends are none."""
    (tmp_path / "README.md").write_bytes(content)
    assert [each.rule for each in report(tmp_path, {}).findings] == found


@pytest.mark.parametrize(
    "content", ["", "{", "[]", '{"cells": 1}', '{"cells": [1]}', '{"cells": [{"source": 1}]}', "[" * 100_000, "\0"]
)
def test_a_broken_notebook_is_a_finding(tmp_path: Path, content: str) -> None:
    """It has one finding, and never stops the others."""
    files = {"docs/n.ipynb": content, "README.md": "[x](gone.md)\n"}
    found = report(tmp_path, files)
    assert [each.rule for each in found.findings] == ["link", "page"]


def test_links_in_circles_end(tmp_path: Path) -> None:
    """A folder that links to itself, a link out of the root and a broken link are no trap."""
    write(tmp_path, {"root/docs/a.md": "`docs/loop/loop/a.md` `docs/out/secret.md`\n", "secret.md": ""})
    root = tmp_path / "root"
    (root / "docs" / "loop").symlink_to(root / "docs")
    (root / "docs" / "out").symlink_to(tmp_path)
    (root / "docs" / "broken.md").symlink_to("nowhere")
    repository = Repository(root, Config())
    found = check(repository, repository.pages())
    assert [each.ref for each in found.findings] == ["docs/out/secret.md"]


def test_deep_nesting_ends(tmp_path: Path) -> None:
    """Quotes in quotes, lists in lists and brackets in brackets."""
    page = "> " * 3000 + "x\n\n" + "".join("  " * depth + "- x\n" for depth in range(500)) + "[" * 5000 + "]" * 5000
    report(tmp_path, {"README.md": page})


def test_python_that_is_none_is_no_crash(tmp_path: Path) -> None:
    """A broken source file defines what its words say."""
    files = {"docref.toml": 'docstrings = ["src"]\n', "src/a.py": "def (:\n'''", "README.md": "`some_name`\n"}
    assert missing(tmp_path, files, "name") == ["name some_name"]


@settings(max_examples=200, deadline=None)
@given(st.text(alphabet=st.sampled_from("`[](){}<>!#*_-|:~\\ \n\t\"'=/.$%&^+0ax"), max_size=200))
def test_any_text_is_read(text: str) -> None:
    """No text stops the parser, and every place lies inside the text."""
    parsed = parse(PurePosixPath("x.md"), text)
    lines = text.count("\n") + 1
    assert all(1 <= each.line <= lines + 1 and each.column >= 1 for each in parsed.snippets)
