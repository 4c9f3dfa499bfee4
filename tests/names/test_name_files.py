"""Files of names: what goes in, what comes out, and that the warehouse stays as it is."""

from __future__ import annotations

import csv

import pytest

from backcourt.catalog.teams import TRICODES, team_code_of
from backcourt.names.files import season_like
from small_season import checksums, command, query, raw_season

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
    assert (done.code, done.out.splitlines()[0]) == (0, "6 names: 3 resolved, 3 not; see out.csv")
    found = cells(tmp_path / "out.csv")
    assert [row["row_id"] for row in found] == ["b", "a", "c", "d", "e", "f"]
    assert [(row["player_id"], row["step"]) for row in found] == [
        (str(player), "exact_context"),
        (str(player), "suffix"),
        ("", ""),
        ("", "invalid"),
        ("2544", "exact"),
        ("", ""),
    ]
    assert found[-1]["candidates"] == "2544:LeBron James:1.000"
    assert found[-1]["evidence"] == "players of this name are registered, but none in 2021-22"
    first = (tmp_path / "out.csv").read_bytes()
    command("names", "resolve", "--input", "names.csv", "--output", "out.csv", "--warehouse", raw_season)
    assert (tmp_path / "out.csv").read_bytes() == first
    assert checksums(raw_season) == before


def test_without_a_warehouse(command, tmp_path):
    """Where there is none, the league's list of all players decides, and the command says so."""
    write(tmp_path / "names.csv", HEADER + "1,Giannis Antetokounmpo,2021-22,MIL,x\n2,Tim Hardaway,,,x\n")
    done = command("names", "resolve", "--input", "names.csv", "--output", "out.csv")
    assert done.code == 0
    assert "knows neither seasons nor teams" in done.err
    assert [row["player_id"] for row in cells(tmp_path / "out.csv")] == ["203507", ""]
    assert not (tmp_path / "warehouse.duckdb").exists()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it has no column row_id"),
        ("row_id,name,season,team\n1,x,,\n", "it has no column source. valid: row_id, name, season, team, source"),
        (HEADER + "1,x,2021-23,LAL,y\n", "line 2: season '2021-23' is none. valid: 2021-22"),
        (HEADER + "1,x,,LAL,y\n1,z,,LAL,y\n", "line 3: row_id '1' stands on line 2, too"),
        (HEADER + "1,x,,LAL\n", "line 2 has 4 cells, the header has 5"),
        (HEADER + '1,"x,,LAL,y\n', "it is no CSV"),
        ("row_id,name,name,season,team,source\n", "a column stands there twice"),
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


def test_seasons():
    """A season's label names two years that follow each other."""
    assert [season_like(text) for text in ("2021-22", "1999-00", "2021-23", "2021", "21-22")] == [
        True,
        True,
        *[False] * 3,
    ]
