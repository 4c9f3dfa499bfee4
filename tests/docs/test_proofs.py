"""The table of what was tried on BigQuery is made of the tests' marks, which name what there is."""

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "docs" / "_build"))
import pages_proofs  # noqa: E402 - the site's builders are no package


def test_a_mark_counts_for_each_of_its_tests(tmp_path):
    """A module's mark counts for all of its tests, a test's for itself; no function that is none is counted."""
    path = tmp_path / "test_some.py"
    path.write_text(
        "import pytest\npytestmark = [pytest.mark.slow, pytest.mark.proves('locks', 'emulator')]\n"
        "def made(): ...\ndef test_one(): ...\n"
        "@pytest.mark.proves('values', 'evaluator')\ndef test_two(): ...\n"
    )
    assert sorted(pages_proofs.marks(path)) == [("locks", "emulator"), ("locks", "emulator"), ("values", "evaluator")]


def test_an_unknown_mark_is_refused(tmp_path):
    """Its file and line are named."""
    path = tmp_path / "test_some.py"
    path.write_text("import pytest\n@pytest.mark.proves('everything', 'emulator')\ndef test_one(): ...\n")
    with pytest.raises(ValueError, match=r"test_some.py:2: proves\('everything', 'emulator'\) is unknown"):
        list(pages_proofs.marks(path))


def test_the_table_shows_what_tests_show():
    """A row for each behaviour that some test shows, and never a word about the real service but that it is untried."""
    lines = pages_proofs.part().splitlines()[2:]
    assert len(lines) >= 9
    assert all(line.endswith(f"| {pages_proofs._NOT_YET} |") and " test" in line for line in lines)
