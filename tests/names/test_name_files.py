"""Files of names: what goes in, what comes out, and that the warehouse stays as it is."""

from __future__ import annotations

import csv

import pytest

from backcourt.catalog.teams import TEAMS, TRICODES, is_team, team_code_of
from backcourt.names.files import season_like
from small_season import checksums, command, raw_season
from state import query

__all__ = ["command", "raw_season"]
HEADER = "row_id,name,season,team,source\n"


def write(path, text, encoding="utf-8"):
    """A file with a text."""
    path.write_text(text, encoding=encoding)
    return path


def cells(path):
    """The rows of a CSV file."""
    with path.open(encoding="utf-8", newline="") as opened:
        return list(csv.DictReader(opened))


def test_a_file_is_decided_and_nothing_is_written(raw_season, command, tmp_path):
    """Each row comes back in its order with its decision; the warehouse holds what it held; a second run gives the same."""
    [(player, name, team)] = query(
        raw_season,
        "SELECT player_id, player_name, team_abbr FROM nba_reference.nba_players_registry WHERE season = '2021-22' "
        "AND name_suffix IS NULL AND len(string_split(player_name, ' ')) = 2 ORDER BY player_id LIMIT 1",
    )
    rows = [
        ("b", name, "2021-22", team, "x"),
        ("a", f"{name} Jr.", "2021-22", team, "x"),
        ("c", "Nobody Atall", "2021-22", team, "x"),
        ("d", "", "", "", ""),
        ("e", "LeBron James", "", "TOT", "x"),
        ("f", "LeBron James", "2021-22", "LAL", "x"),
    ]
    with (tmp_path / "names.csv").open("w", newline="") as out:
        csv.writer(out).writerows([["row_id", "name", "season", "team", "source"], *rows])
    before = checksums(raw_season)
    done = command("names", "resolve", "--input", "names.csv", "--output", "out.csv", "--warehouse", raw_season)
    assert (done.code, done.out.splitlines()[0]) == (0, "6 names: 4 resolved, 2 not; see out.csv")
    found = cells(tmp_path / "out.csv")
    assert [row["row_id"] for row in found] == ["b", "a", "c", "d", "e", "f"]
    assert [(row["player_id"], row["step"]) for row in found] == [
        (str(player), "exact_context"),
        (str(player), "suffix"),
        ("", ""),
        ("", "invalid"),
        ("2544", "exact"),
        ("2544", "exact"),
    ]
    # Nobody lists him here, but his career went on: which files are loaded decides nothing.
    assert found[-1]["evidence"] == "the only player of this name who can have played in 2021-22"
    first = (tmp_path / "out.csv").read_bytes()
    command("names", "resolve", "--input", "names.csv", "--output", "out.csv", "--warehouse", raw_season)
    assert (tmp_path / "out.csv").read_bytes() == first
    assert checksums(raw_season) == before


def test_without_a_warehouse(command, tmp_path):
    """Where there is none, the league's list of all players decides, and the command says so."""
    write(tmp_path / "names.csv", HEADER + "1,Giannis Antetokounmpo,2021-22,MIL,x\n2,Tim Hardaway,,,x\n")
    done = command("names", "resolve", "--input", "names.csv", "--output", "out.csv")
    assert done.code == 0
    assert "which has careers but no teams" in done.err
    assert [row["player_id"] for row in cells(tmp_path / "out.csv")] == ["203507", ""]
    assert not (tmp_path / "warehouse.duckdb").exists()


ERAS = (
    ("Larry Bird", "2025-26", "BOS", ""),
    ("Larry Bird", "1985-86", "BOS", "1449"),
    ("Larry Bird", "1994-95", "", ""),
    ("Nikola Jokic", "2024-25", "", "203999"),
    ("Nikola Jović", "2024-25", "", "1631107"),
    ("Jaren Jackson Jr.", "2025-26", "MEM", "1628991"),
    ("Jaren Jackson", "2025-26", "MEM", "1628991"),
    ("Jaren Jackson", "1998-99", "SAS", "1114"),
    ("Jaren Jackson Jr.", "1998-99", "SAS", ""),
    ("Tim Hardaway", "2018-19", "", "203501"),
    ("Tim Hardaway Sr.", "2018-19", "", ""),
    ("Gary Payton II", "1999-00", "", ""),
    # Two of this name played then, and a third did not.
    ("Chris Johnson", "2012-13", "", ""),
    ("Marcus Williams", "2007-08", "BKN", ""),
    ("Charles Smith", "2003-04", "", "1520"),
    # A newcomer's id tells since when he can have played.
    ("Cooper Flagg", "2019-20", "DAL", ""),
    ("Cooper Flagg", "2025-26", "DAL", "1642843"),
    # A curated alias holds while its player can have played.
    ("Marcus Morris", "2005-06", "", ""),
    ("Marcus Morris", "2022-23", "", "202694"),
    ("Robert Williams", "1998-99", "", ""),
    ("Larry Bird", "", "BOS", "1449"),
)


def test_who_can_have_played_then_decides(command, tmp_path):
    """No file of these seasons is loaded: a namesake of another era is nobody, an exact name of this one is found."""
    with (tmp_path / "names.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows([HEADER.strip().split(","), *([n, *row[:3], f"l{n}"] for n, row in enumerate(ERAS))])
    assert command("names", "resolve", "--input", "names.csv", "--output", "out.csv").code == 0
    found = cells(tmp_path / "out.csv")
    assert [(row["name"], row["season"], row["player_id"]) for row in found] == [
        (name, season, player) for name, season, _, player in ERAS
    ]
    assert found[0]["evidence"] == "players of this name are registered, but none who can have played in 2025-26"


def test_a_team_that_nobody_is_called_is_said(command, tmp_path):
    """Codes, names, cities and nicknames are one team; what no team is called is named, on the row and by the command."""
    teams = ("NOR", "New Orleans Pelicans", "new orleans", "Pelicans", "NOP")
    rows = [*(("LeBron James", team) for team in teams), ("LeBron James", "Springfield"), ("LeBron James", "LA")]
    with (tmp_path / "names.csv").open("w", newline="", encoding="utf-8") as out:
        csv.writer(out).writerows(
            [HEADER.strip().split(","), *([n, name, "2023-24", team, "x"] for n, (name, team) in enumerate(rows))]
        )
    done = command("names", "resolve", "--input", "names.csv", "--output", "out.csv")
    assert "no team is called 'LA' (1 row), 'Springfield' (1 row): those rows were decided without a team" in done.err
    said = [row["evidence"] for row in cells(tmp_path / "out.csv")]
    assert not any("no team is called" in text for text in said[:-2])
    assert said[-2].endswith("; no team is called SPRINGFIELD, so none was used")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has no column row_id"),
        ("row_id,name,season,team\n1,x,,\n", "it has no column source. valid: row_id, name, season, team, source"),
        (HEADER + "1,x,2021-23,LAL,y\n", "line 2: season '2021-23' is not valid. valid: 2021-22"),
        (HEADER + "1,x,,LAL,y\n1,z,,LAL,y\n", "line 3: row_id '1' is also on line 2"),
        (HEADER + "1,x,,LAL\n", "line 2 has 4 cells, the header has 5"),
        (HEADER + '1,"x,,LAL,y\n', "it is not CSV"),
        ("row_id,name,name,season,team,source\n", "a column appears twice"),
    ],
)
def test_a_file_of_the_wrong_shape(command, tmp_path, text, says):
    """What cannot be used is said in one line with the place, and nothing is written."""
    write(tmp_path / "names.csv", text)
    done = command("names", "resolve", "--input", "names.csv", "--output", "out.csv")
    assert done.code == 2
    assert says in done.err
    assert "Traceback" not in done.err
    assert not (tmp_path / "out.csv").exists()


def test_a_file_that_cannot_be_read_or_written(command, tmp_path):
    """Bytes that are no UTF-8, no file, a folder as target, one option without the other: said, exit 2."""
    (tmp_path / "latin.csv").write_bytes(HEADER.encode() + "1,Dončić,,,\n".encode("cp1250"))
    write(tmp_path / "good.csv", HEADER)
    (tmp_path / "folder").mkdir()
    for source, target, says in (
        ("latin.csv", "out.csv", "is not UTF-8"),
        ("none.csv", "out.csv", "there is no such file"),
        ("good.csv", "folder", "folder"),
        ("good.csv", "nowhere/out.csv", "there is no folder nowhere"),
    ):
        done = command("names", "resolve", "--input", source, "--output", target)
        assert (done.code, says in done.err) == (2, True), done.err
    assert command("names", "resolve", "--input", "good.csv").code == 2
    assert sorted(path.name for path in tmp_path.iterdir()) == ["folder", "good.csv", "latin.csv"]


def test_team_codes_of_other_sources():
    """The codes that differ are mapped, total rows mean no team, others stay."""
    assert [team_code_of(code) for code in ("BRK", "cho", "PHO ", "GS", "WSH", "TOT", "3TM", "", "XYZ")] == [
        "BKN",
        "CHA",
        "PHX",
        "GSW",
        "WAS",
        "",
        "",
        "",
        "XYZ",
    ]
    assert all(team_code_of(code) == code for code in TRICODES)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NOR", "NOP"), ("nok", "NOP"), ("New Orleans", "NOP"), ("Portland Trail Blazers", "POR"), ("Blazers", "POR"),
        ("76ers", "PHI"), ("Sixers", "PHI"), ("L.A. Clippers", "LAC"), ("LA Clippers", "LAC"), ("Clippers", "LAC"),
        ("Los Angeles Lakers", "LAL"), ("golden state", "GSW"), ("SEA", "OKC"), ("Seattle SuperSonics", "OKC"),
        ("VAN", "MEM"), ("CHH", "CHA"), ("New Jersey Nets", "BKN"), ("Los Angeles", "LOS ANGELES"), ("LA", "LA"),
        ("Springfield", "SPRINGFIELD"),
    ],
)  # fmt: skip
def test_teams_by_name(text, code):
    """Full names, cities, nicknames and codes of earlier seasons are mapped; a city with two teams says nothing."""
    assert team_code_of(text) == code
    assert is_team(code) == (code in TRICODES)


def test_every_team_by_all_of_its_names():
    """Each of the 30 is found by its full name and its nickname, and all but those of Los Angeles by the city."""
    for team in TEAMS:
        assert {team_code_of(team.full_name), team_code_of(team.nickname.lower())} == {team.tricode}
        assert (team_code_of(team.city) == team.tricode) == (team.tricode not in {"LAC", "LAL"})


def test_seasons():
    """A season's label names two years that follow each other."""
    assert [season_like(text) for text in ("2021-22", "1999-00", "2021-23", "2021", "21-22")] == [
        True,
        True,
        *[False] * 3,
    ]
