"""The page of the diagnostic queries says what their files say, and shows nothing that differs from build to build."""

from __future__ import annotations

import re

import pytest
from docs_support import ROOT, need

from backcourt.integrity.diagnostics import diagnostics


@pytest.fixture(scope="module")
def sections(simulated_warehouse):
    """The text of each query's section by its anchor, answered by the simulated season."""
    need("pygments")
    import pages_queries

    written = pages_queries.part(simulated_warehouse)
    assert written == pages_queries.part(simulated_warehouse)
    found = re.split(r"^### .*\{ #(\S+) \}$", written, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_every_query_has_its_section(sections):
    """Each query stands there with its statement, its command and exactly its parameters, in the order of the names."""
    assert list(sections) == [found.name for found in diagnostics()]
    for found in diagnostics():
        section = sections[found.name]
        assert f"```sql\n{found.sql}```" in section
        assert f"\nbackcourt queries run {found.name}" in section
        table = section.partition("| parameter |")[2].partition("\n\n")[0]
        assert re.findall(r"^\| <code>(\w+)</code>", table, re.MULTILINE) == [p.name for p in found.parameters]


def test_an_answer_is_a_table_or_said_to_be_empty(sections):
    """A query that finds nothing says so; an answer that is long is cut and says how long it is."""
    assert "no row" in sections["failed-dates"]
    assert "the first 10 of 90 rows" in sections["coverage-by-month"]
    assert re.search(r"-p player=\w+\n", sections["feature-row"])
    assert sections["feature-row"].count("\n| 2022-") == 25


def test_no_time_run_or_duration_is_shown(sections):
    """What differs from build to build is left out, said to be, and does not decide the order of the rows."""
    section = sections["slowest-tables"].partition("```sql")[0]
    assert "without <code>run_id</code>, <code>seconds</code>, <code>percent_of_seconds</code>" in section
    names = re.findall(r"^\| (nba\S+) \|", section, re.MULTILINE)
    assert names == sorted(names)
    assert len(names) > 5
    for text in sections.values():
        answer = text.partition("```sql")[0]
        assert not re.search(r"\d\d:\d\d|\brun_id</code> \||[0-9a-f]{12}", answer)


def test_the_page_names_every_query_in_its_guide():
    """The written part of the page points to each query once, so that none is found by chance only."""
    guide = (ROOT / "docs" / "diagnostic-queries.md").read_text(encoding="utf-8")
    assert sorted(re.findall(r"\]\(#([\w-]+)\)", guide)) == [found.name for found in diagnostics()]
    assert '--8<-- "queries.md"' in guide
