"""The page about sources says what the program says: every source, the team box score's rules, limits and outcomes."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from docs_support import ROOT, need

from backcourt.catalog import table
from backcourt.sources import fetch, landing, manners, service
from backcourt.sources.declared import FORMER, listings, source, sources

PAGE = ROOT / "docs" / "sources.md"


@pytest.fixture(scope="module")
def generator():
    """The module that writes the page's parts."""
    need("pygments")
    import pages_sources

    return pages_sources


def _section(title):
    text = PAGE.read_text(encoding="utf-8").partition(f"## {title}\n")[2]
    assert text, title
    return re.split(r"^## ", text, flags=re.MULTILINE)[0]


def _first_cells(title):
    rows = re.findall(r"^\| `?([\w -]+?)`? +\|", _section(title), re.MULTILINE)
    return [row for row in rows if not set(row) <= {"-"}]


def _sections(part):
    found = re.split(r"^### \S+ \{ #(\S+) \}$", part, flags=re.MULTILINE)
    return dict(zip(found[1::2], found[2::2], strict=True))


def test_the_team_box_score_has_these_rules(generator):
    """The rules in the page's table are exactly those that its SQL names, in its order, and both warnings are told."""
    item = source("nbac_team_boxscore")
    told = _first_cells("Rules of the team box score")[1:]
    assert tuple(told) == generator.rules(item)
    for name in generator.warnings(item):
        assert name in _section("Rules of the team box score")
    assert len(generator.warnings(item)) == 2


def test_every_source_has_its_line_and_its_section(generator):
    """Each declared source stands once in the overview, with its table and state, and once below with all its rules."""
    part = generator.parts()["sources-list.md"]
    sections = _sections(part)
    assert list(sections) == list(sources())
    rows = re.findall(
        r"^\| \[<code>(\w+)</code>\]\(#(\w+)\) \|.*\| (\w+) \| .*#(\S+)\) \| (\w+) \|$", part, re.MULTILINE
    )
    assert rows == [
        (item.name, item.name, item.per, item.table, "verified" if item.verified else "unverified")
        for item in sources().values()
    ]
    for item in sources().values():
        assert generator.rules(item), item.name
        for column in item.feed.unit.split():
            assert f"<code>{column}</code>" in sections[item.name]
        for rule in (*generator.rules(item), *generator.warnings(item)):
            assert f"<code>{rule}</code>" in sections[item.name]


def test_every_source_says_what_it_was_tried_with_and_what_it_must_hold(generator):
    """What real payloads were read, how far back it reaches, and what a whole payload holds, as the source declares it."""
    sections = _sections(generator.parts()["sources-list.md"])
    for item in sources().values():
        section = html.unescape(sections[item.name])
        assert f"Verified with: {item.seen or 'nothing, no real payload was at hand'}\n" in section
        assert f"Reaches back to: {item.reach or 'no first date is documented'}\n" in section
        assert (f"Read from {item.since} on" in section) == (item.since is not None)
        pages = ", all its pages" if item.fetch.pages else ""
        assert f"A whole payload holds: {item.whole.in_words}{pages}\n" in section
    for name, words in (
        (
            "nbac_shot_chart",
            "its game, rows of both teams, as many field-goal attempts of a team as its box score",
        ),
        ("nbac_play_by_play", "its game, events up to the end of the last period, with the final score"),
        ("bdl_standings", "at least a row for each of the 30 teams"),
    ):
        assert sources()[name].whole.in_words.startswith(words)


def test_a_host_is_named_and_nothing_more_of_the_address(generator):
    """Of an address the page has the host alone, of a key the setting's name."""
    item = source("bdl_boxscores")
    section = _sections(generator.parts({item.name: item})["sources-list.md"])[item.name]
    assert "<code>api.balldontlie.io</code>" in section
    assert "box_scores" not in section.replace("bdl_boxscores", "")
    assert "BACKCOURT_BDL_KEY" in section


def test_a_source_that_comes_later_is_taken_as_it_is(generator):
    """A new source without an address, not yet verified, has its section and stands among what is not proven."""
    document = "https://example.org/a"
    late = replace(source("bdl_injuries"), name="late", seen="", fetch=None, document=document, ext="pdf")
    found = generator.parts({"late": late})
    assert "not fetched, its <code>pdf</code> files" in _sections(found["sources-list.md"])["late"]
    assert f"| [<code>late</code>](#late) | Ball Don't Lie | <{document}> |" in found["sources-unproven.md"]
    proven = {"late": replace(late, seen="a page")}
    assert generator.parts(proven)["sources-unproven.md"] == "There is none at present.\n"


def test_what_is_not_proven_is_exactly_what_is_unverified(generator):
    """The list of unproven sources is that of the declarations; every former name has its source."""
    found = generator.parts()
    told = re.findall(r"^\| \[<code>(\w+)</code>\]", found["sources-unproven.md"], re.MULTILINE)
    unverified = [item.name for item in (*sources().values(), *listings().values()) if not item.verified]
    assert sorted(told) == sorted(unverified)
    assert "bigdataball_files" in told
    former = re.findall(r"^\| <code>(\w+)</code> \| \[?<code>(\w+)</code>", found["sources-former.md"], re.MULTILINE)
    assert dict(former) == dict(FORMER)


def test_sql_that_hides_its_rules_stops_the_build(generator, monkeypatch):
    """A feed whose rules cannot be found is named, instead of a section without rules."""
    monkeypatch.setattr(generator, "statement", lambda _stem: "SELECT 1 AS a, NULL AS broken_rules, NULL AS warning")
    with pytest.raises(RuntimeError, match=r"team_boxscores\.sql has no list of rules"):
        generator.rules(source("nbac_team_boxscore"))


def test_limits_and_outcomes_are_the_programs():
    """Tries, pauses, statuses, the largest payload and the outcomes on the page are those of the program."""
    told, zone = " ".join(_section("Fetch").split()), _section("The landing zone")
    ways = re.findall(
        r"\| `(\w+)` \| (\d+) \| (\d+) (s|min) \| (none: it stops|\d+ (?:s|min)) \| (\d+) s"
        r"(, twice as long [^|]*at most (\d+) min)? \|",
        told,
    )
    seconds = {"s": 1, "min": 60}
    assert {
        name: service.Patience(
            tries=int(tries),
            first_pause=service.PATIENCE[name].first_pause,
            longest_pause=float(pause) * seconds[unit],
            block_pause=0.0 if block.startswith("none") else float(block.split()[0]) * seconds[block.split()[1]],
            timeout=float(timeout),
            growth=2.0 if grows else 1.0,
        )
        for name, tries, pause, unit, block, timeout, grows, _ in ways
    } == dict(service.PATIENCE)
    assert {float(most) * 60 for *_, most in ways if most} == {service._LONGEST_TIMEOUT}
    statuses = re.search(r"a status ([\d, or]+),", told)[1]
    assert {int(status) for status in re.findall(r"\d+", statuses)} == manners._PASSING
    final = re.search(r"\| any other status ([\d, or]+) \|", told)[1]
    assert {int(status) for status in re.findall(r"\d+", final)} == manners._FINAL
    row = re.search(r"\| (\w+) payloads in a row without an answer: .* one of these statuses except (\d+),", told)
    assert (row[1], manners._PASSING - {int(row[2])}) == ("three", manners._HOSTS_OWN)
    assert fetch._NO_ANSWER == 3  # "three" above
    assert f"{landing.LARGEST // 1024**2} MiB" in zone
    outcomes = table("nba_processing.landed_files").column("outcome").description
    assert _first_cells("Load")[1:5] == re.findall(r"loaded|incomplete|quarantined|refused", outcomes)


def test_messages_are_the_programs():
    """Each message of the table that leads from it to what to do is printed by the program."""
    told = re.findall(r"^\| `([^`]+)` +\|", _section("From the message to what to do"), re.MULTILINE)
    code = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "src" / "backcourt").rglob("*.py"))
    plain = re.sub(r'"\s*f?"', "", re.sub(r"\{[^}]*\}", "", code))
    assert len(told) > 10
    assert [message for message in told if message not in plain] == []
