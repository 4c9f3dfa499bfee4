"""Line references: inside their file, or found."""

import pytest
from repositories import report

FILES = {"src/a.py": "def one():\n    pass\n\nclass Two:\n    def three(self): ...\n", "src/b.py": "x = 1\n"}


@pytest.mark.parametrize(
    "reference",
    ["`src/a.py:5`", "`a.py:1-5`", "`src/a.py#L2`", "[x](src/a.py#L1-L3)", "`src/a.py::one`", "`a.py::Two::three`",
     "`src/a.py::Two[case]`"],
)  # fmt: skip
def test_lines_and_definitions_that_exist_are_silent(tmp_path, reference):
    """A line inside the file, a range in order and a definition of the file are good."""
    found = report(tmp_path, {**FILES, "README.md": f"See {reference}.\n"}, "line")
    assert found.findings == []
    assert found.counts["line"]["checked"] == 1


@pytest.mark.parametrize(
    ("reference", "message", "near"),
    [
        ("`src/a.py:6`", "src/a.py has 5 lines, none with number 6", "src/a.py:5"),
        ("`src/a.py:0`", "src/a.py has 5 lines, none with number 0", "src/a.py:5"),
        ("`a.py:4-60`", "src/a.py has 5 lines, none with number 60", "src/a.py:5"),
        ("`src/a.py:4-2`", "the range ends before it starts", ""),
        ("[x](src/a.py#L9)", "src/a.py has 5 lines, none with number 9", "src/a.py:5"),
        ("`src/a.py::ones`", "src/a.py does not define 'ones'", "one"),
    ],
)
def test_lines_and_definitions_that_do_not_exist_are_found(tmp_path, reference, message, near):
    """What lies outside the file is found in the page's line, with how many lines there are."""
    (found,) = report(tmp_path, {**FILES, "README.md": f"# Title\n\nSee {reference}.\n"}, "line").findings
    assert (found.line, found.message, found.suggestion) == (3, message, near)


def test_a_missing_file_is_reported_once(tmp_path):
    """The file's absence is the business of the rules about paths and links: one finding, not two."""
    found = report(tmp_path, {**FILES, "README.md": "See `src/c.py:3`.\n"}).findings
    assert [each.rule for each in found] == ["path"]
