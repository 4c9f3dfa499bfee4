"""BigDataBall's and Basketball-Reference's files: what they hold comes out, the rest is refused or held back."""

from __future__ import annotations

import csv
import io
import random
from datetime import date

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.providers.others import SOURCES
from partners import Partner, about, partner, payload, rough, survives

__all__ = ["partner"]
SOURCE = {source.name: source for source in SOURCES}
PBP, ROSTER = SOURCE["bigdataball_pbp"], SOURCE["br_roster"]
DAY = date(2025, 6, 22)
GAME = ("0042400407", DAY, "OKC", "IND", 103, 91, 4)
PLAYERS = (
    ("7", "Jaylen Brown", "brownja02"),
    ("30", "Sam Hauser", "hausesa01"),
    ("", "Drew Peterson (TW)", "peterdr01"),
    ("8", "Kristaps Porziņģis", "porzikr01"),
)


def roster_page(*, team: str = "BOS", hidden: bool = False, canonical: bool = True) -> bytes:
    """A page as the site draws it; the numbers of the shirts are of no meaning."""
    lines = "".join(
        f'<tr><th scope="row" data-stat="number">{number}</th><td data-stat="player" data-append-csv="{player}">'
        f'<a href="/players/{player[0]}/{player}.html">{name}</a></td><td data-stat="pos">F</td>'
        '<td data-stat="height">6-6</td><td data-stat="weight">220</td><td data-stat="birth_date">October 24, 1996</td>'
        '<td data-stat="birth_country"><span>us</span></td><td data-stat="years_experience">R</td>'
        '<td data-stat="college"><a href="/friv/colleges.fcgi?college=california">California</a></td></tr>'
        for number, name, player in PLAYERS
    )
    head = '<thead><tr><th scope="col" data-stat="player">Player</th></tr></thead>'
    table = f'<table id="roster">{head}<tbody>{lines}</tbody></table>'
    table = f"<!--\n<div>{table}</div>\n-->" if hidden else table
    address = f"https://www.basketball-reference.com/teams/{team}/2025.html"
    link = f'<link rel="canonical" href="{address}" />' if canonical else ""
    page = f'<!DOCTYPE html><html><head>{link}</head><body><h1>2024-25</h1><table id="per_game"></table>{table}</body></html>'
    return page.encode()


def lines_of(data: bytes) -> list[dict[str, str]]:
    """The file as records."""
    return list(csv.DictReader(io.StringIO(data.decode())))


def file_of(lines: list[dict[str, str]]) -> bytes:
    """Records as a file."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]))
    writer.writeheader()
    writer.writerows(lines)
    return out.getvalue().encode()


def test_events_of_a_game() -> None:
    """510 events; shots, helpers and points as counted in the file by other means."""
    data = payload("bigdataball_pbp/game.csv")
    parsed = PBP.parse(data, about(DAY, "0042400407"))
    assert (len(parsed.rows), parsed.unmapped) == (data.count(b"\n42400407,"), set())
    assert len(parsed.rows) == 510
    assert {(row["game_id"], row["season"], row["game_date"]) for row in parsed.rows} == {
        ("0042400407", "2024-25", DAY)
    }
    assert [row["event_sequence"] for row in parsed.rows] == list(range(1, 511))
    assert sum(row["points_scored"] or 0 for row in parsed.rows) == 103 + 91
    made = {kind: [0, 0] for kind in ("2PT", "3PT", "FT")}
    for row in parsed.rows:
        if row["shot_type"]:
            made[row["shot_type"]][0] += row["is_made"]
            made[row["shot_type"]][1] += 1
    raw = lines_of(data)
    threes = [line for line in raw if line["event_type"] == "shot" and line["type"].startswith("3pt")]
    free = [line for line in raw if line["event_type"] == "free throw"]
    shots = [line for line in raw if line["event_type"] == "shot"]
    assert made["3PT"] == [data.count(b",made,,3pt"), len(threes)] == [22, 68]
    assert made["FT"] == [sum(line["result"] == "made" for line in free), len(free)] == [44, 60]
    assert made["2PT"][1] == len(shots) - len(threes)
    assert 2 * made["2PT"][0] + 3 * made["3PT"][0] + made["FT"][0] == 103 + 91
    roles = [row["player_2_role"] for row in parsed.rows]
    assert [roles.count(role) for role in ("assist", "block", "steal")] == [37, 12, 20]
    shot = {"event_type": "shot", "player_1_lookup": "andrewnembhard", "player_1_side": "away", "shot_distance": 14}
    assert (shot | {"original_x": 91.0, "original_y": 106.0, "is_made": True}).items() <= parsed.rows[2].items()
    block = {"player_1_lookup": "jalenwilliams", "player_2_lookup": "aaronnesmith", "player_2_role": "block"}
    assert block.items() <= parsed.rows[3].items()
    tip = {"player_1_lookup": "mylesturner", "player_1_side": "away", "player_2_lookup": "chetholmgren"}
    assert tip.items() <= parsed.rows[1].items()


def test_other_forms_of_the_file() -> None:
    """American dates, ids with zeros, a mark at the start and a new column: read, and the column is told."""
    lines = lines_of(payload("bigdataball_pbp/game.csv"))[:3]
    for line in lines:
        line |= {
            "date": "6/22/2025",
            "game_id": "0042400407",
            "shot_distance": line["shot_distance"] and "14.0",
            "mood": "x",
        }
    parsed = PBP.parse(b"\xef\xbb\xbf" + file_of(lines), about(DAY))
    assert {(row["game_id"], row["game_date"]) for row in parsed.rows} == {("0042400407", DAY)}
    assert (parsed.rows[2]["shot_distance"], parsed.unmapped) == (14, {"mood"})


def test_the_later_format() -> None:
    """An id before a name is no part of it, new columns are known, and who enters alone has no helper."""
    lines = lines_of(payload("bigdataball_pbp/game.csv"))
    plain = PBP.parse(file_of(lines), about(DAY)).rows
    people = [
        "player",
        "assist",
        "block",
        "steal",
        "home",
        "away",
        *(f"{side}{place}" for side in "ah" for place in "12345"),
    ]
    new = {
        "home_team": "OKC",
        "away_team": "IND",
        "time_actual": "2025-06-23T00:10:00.0Z",
        "qualifiers1": "",
        "area": "",
    }
    later = [line | {name: f"77/{line[name]}" for name in people if line[name]} | new for line in lines]
    parsed = PBP.parse(file_of(later), about(DAY))
    assert (parsed.rows, parsed.unmapped) == (plain, set())
    enters = next(line for line in later if line["event_type"] == "substitution")
    alone = PBP.parse(file_of([enters | {"player": enters["entered"], "left": ""}]), about(DAY)).rows[0]
    assert (alone["player_1_lookup"], alone["player_2_lookup"]) == ("alexcaruso", None)


def test_damaged_files() -> None:
    """Whatever happens to a file, it is refused in one line, or its rows are of the feed's types."""
    good = lines_of(payload("bigdataball_pbp/game.csv"))[:4]
    hostile = ["", "x", "-1", "1e999", "nan", "9" * 40, '"', "\x00", "2025-13-01", "é" * 300, "a\nb", "1,2", "42400408"]
    outcomes = []
    for seed in range(150):
        dice = random.Random(seed)
        lines = [dict(line) for line in good]
        dice.choice(lines)[dice.choice(list(good[0]))] = dice.choice(hostile)
        data = file_of(lines)
        if seed % 3 == 0:
            place = dice.randrange(len(data))
            data = data[:place] + bytes([dice.randrange(256)]) + data[place + dice.randrange(3) :]
        outcomes.append(survives(lambda data: PBP.parse(data, about(DAY)), data, PBP))
    assert min(outcomes.count(True), outcomes.count(False)) > 10
    for data in (
        b"",
        b"null",
        b"<html></html>",
        b"\xff\xfe\x00",
        b"a,b\n1,2\n",
        b'"' * 7,
        b"[" * 9,
        file_of(good)[:-90],
    ):
        with pytest.raises(InputFileError):
            PBP.parse(data, about(DAY))


@pytest.mark.parametrize("hidden", [False, True])
def test_roster_page(hidden: bool) -> None:
    """Names, ids, team and season, whether or not the table is in a comment; the marker of a contract is no part of a name."""
    parsed = ROSTER.parse(roster_page(hidden=hidden), about(DAY))
    assert parsed.unmapped == set()
    assert [(row["bref_name"], row["bref_id"]) for row in parsed.rows] == [
        (name.removesuffix(" (TW)"), player) for _, name, player in PLAYERS
    ]
    assert {(row["season"], row["bref_team"]) for row in parsed.rows} == {("2024-25", "BOS")}


def test_roster_page_without_its_address() -> None:
    """Then the key names the team and the date the season; a key that is no team's is refused."""
    page = roster_page(canonical=False)
    assert {(row["season"], row["bref_team"]) for row in ROSTER.parse(page, about(DAY, "BRK")).rows} == {
        ("2024-25", "BRK")
    }
    with pytest.raises(InputFileError, match="whose roster"):
        ROSTER.parse(page, about(DAY, "k1"))


def test_damaged_pages() -> None:
    """Whatever happens to a page, it is refused in one line, or its rows are of the feed's types."""
    page, outcomes = roster_page(), []
    pieces = [
        b"<",
        b">",
        b'"',
        b"</td>",
        b"<!--",
        b"-->",
        b"\xff",
        b"\x00",
        b"&#55296;",
        b"&amp;",
        b"</table>",
        b"1" * 5000,
    ]
    for seed in range(70):
        dice = random.Random(seed)
        place = dice.randrange(len(page))
        data = page[:place] + dice.choice(pieces) + page[place + dice.randrange(60) :]
        outcomes.append(survives(lambda data: ROSTER.parse(data, about(DAY)), data, ROSTER))
    assert min(outcomes.count(True), outcomes.count(False)) > 5
    deep = b"<div>" * 5_000
    for data in (
        b"<table id=roster>" + deep,
        deep + page,
        b"<?xml version='1.0'?>" + page,
        b'<table id="roster"></table>',
    ):
        survives(lambda data: ROSTER.parse(data, about(DAY)), data, ROSTER)
    with pytest.raises(InputFileError, match="no players"):
        ROSTER.parse(b'<html><table id="roster"></table></html>', about(DAY, "BOS"))
    rough(ROSTER, roster_page(hidden=True), about(DAY, "k1"))


@pytest.mark.slow
def test_events_load(partner: Partner) -> None:
    """A game's events load; a repeated number and a lost basket hold it back and what is stored stays."""
    partner.schedule(GAME)
    data = payload("bigdataball_pbp/game.csv")
    done = partner.twice(PBP, DAY, data, "0042400407")
    assert (done.success, done.tables[0].warnings) == (1, {})
    sql = (
        "SELECT COUNT(*), SUM(points_scored), SUM(IF(player_1_team_abbr = 'OKC', points_scored, 0)), "
        "COUNTIF(player_1_team_abbr IS NULL) FROM nba_raw.bigdataball_play_by_play"
    )
    assert partner.rows(sql) == [(510, 194, 103, 11)]
    lines = lines_of(data)
    lines[1]["play_id"] = "1"
    lines[2]["points"] = ""
    assert partner.load(PBP, DAY, file_of(lines), "0042400407").quarantined == 1
    assert partner.rules() == {"0042400407": {"duplicate_key", "points_add_up"}}
    lines = lines_of(data)
    lines[2]["team"] = "BOS"
    lines[3]["result"] = "?"
    lines[4]["remaining_time"] = "0:12:61"
    lines[5]["play_id"] = ""
    lines[6]["points"], lines[7]["points"] = "4", "-4"
    lines[-1]["home_score"] = "104"
    partner.land(PBP, DAY, file_of([{**line, "game_id": "42400406"} for line in lines_of(data)]), "0042400406")
    assert partner.load(PBP, DAY, file_of(lines), "0042400407").quarantined == 2
    rules = {"team_in_game", "shot_outcome", "clock_plausible", "required_fields", "points_plausible", "points_add_up"}
    assert partner.rules() == {"0042400406": {"known_game"}, "0042400407": rules | {"score_matches_schedule"}}
    assert partner.rows(sql) == [(510, 194, 103, 11)]
    # What ends with another score is a part of the game, or of another one, and is asked for again.
    assert partner.rows("SELECT payload_key, outcome FROM nba_processing.landed_files ORDER BY 1") == [
        ("0042400406", "quarantined"),
        ("0042400407", "incomplete"),
    ]


@pytest.mark.slow
def test_rosters_load(partner: Partner) -> None:
    """A page loads without touching another team's; one that names an unknown team is held back."""
    assert partner.twice(ROSTER, DAY, roster_page(), "BOS", forced=False).success == 1
    assert partner.load(ROSTER, DAY, roster_page(team="BRK"), "BRK").success == 1
    sql = "SELECT team_abbrev, COUNT(*), COUNT(bref_id) FROM nba_raw.br_rosters_current GROUP BY 1 ORDER BY 1"
    assert partner.rows(sql) == [("BKN", 4, 4), ("BOS", 4, 4)]
    found = partner.rows("SELECT player_lookup FROM nba_raw.br_rosters_current WHERE team_abbrev = 'BOS' ORDER BY 1")
    assert [name for (name,) in found] == ["drewpeterson", "jaylenbrown", "kristapsporzingis", "samhauser"]
    assert partner.load(ROSTER, DAY, roster_page(team="XYZ"), "XYZ").quarantined == 1
    assert partner.rules() == {"XYZ": {"known_team"}}
