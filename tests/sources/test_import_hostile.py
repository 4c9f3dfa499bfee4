"""Files that are broken, hostile or about something else are named with row and column; nothing is half loaded."""

from __future__ import annotations

import io
import json
import os
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from backcourt.errors import InputFileError
from backcourt.sources.layouts import unpack
from backcourt.sources.layouts.bench import bench
from backcourt.sources.layouts.convert import target
from backcourt.sources.layouts.known import LAYOUTS
from backcourt.sources.layouts.take import Imported, examine
from import_layouts import Table, digests, imported, league, write_csv, write_league

Change = Callable[[Table], object]


def refused(folder: Path, *paths: Path, **options: object) -> str:
    """The error of an import, which leaves neither a warehouse nor a landing zone behind."""
    with pytest.raises(InputFileError) as error:
        imported(folder, paths, **options)
    assert not (folder / "w.duckdb").exists()
    assert not (folder / "landing").exists()
    assert error.value.exit_code == 2
    return str(error.value)


def each(rows: Table, **values: object) -> None:
    """The same values in every row."""
    for row in rows:
        row.update(values)


def renamed(rows: Table, old: str, new: str) -> None:
    """Another name for a column."""
    for row in rows:
        row[new] = row.pop(old)


BROKEN: dict[str, tuple[str, Change, str]] = {
    "column renamed": (
        "players",
        lambda r: renamed(r, "REB", "REBOUNDS"),
        "has no column REB; it has REBOUNDS instead",
    ),
    "column missing": ("shots", lambda r: [row.pop("LOC_X") for row in r], "has no column LOC_X"),
    "two columns missing": ("teams", lambda r: [(x.pop("PTS"), x.pop("AST")) for x in r], "has no column AST, PTS"),
    "another type": ("players", lambda r: r[3].update(PTS="many"), "row 4, column PTS: 'many' does not fit"),
    "a fraction": ("teams", lambda r: r[1].update(FGM="2.5"), "row 2, column FGM: '2.5' does not fit"),
    "no date": ("teams", lambda r: r[0].update(GAME_DATE="soon"), "row 1, column GAME_DATE: 'soon' does not fit"),
    "unclear dates": ("teams", lambda r: each(r, GAME_DATE="10/05/2021"), "which is the day and which the month"),
    "no match": ("teams", lambda r: r[0].update(MATCHUP="MIL BKN"), "row 1, column MATCHUP: 'MIL BKN' does not fit"),
    "a kind of shot": ("shots", lambda r: r[7].update(SHOT_TYPE="4PT"), "row 8, column SHOT_TYPE: '4PT' does not fit"),
    "other rows of a key": ("players", lambda r: r.append(r[2] | {"AST": 9}), "rows 3 and 21 have the same game_id"),
    "ids of another service": (
        "shots",
        lambda r: r[5].update(GAME_ID="401360853"),
        "row 6, column GAME_ID: '401360853'",
    ),
    "no id": ("events", lambda r: r[0].update(GAME_ID=None), "row 1, column GAME_ID: nothing is not a game id"),
    "another league": ("players", lambda r: each(r, GAME_ID="1022100001"), "all of its rows are of other leagues"),
    "the pre-season": ("teams", lambda r: each(r, GAME_ID="0012100001"), "all of its rows are of the pre-season"),
    "All-Star": ("shots", lambda r: each(r, GAME_ID="32100001"), "all of its rows are of the All-Star weekend"),
    "two seasons": ("teams", lambda r: each(r[2:], GAME_ID="0022200002"), "holds games of 2 seasons: 2021-22, 2022-23"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_files_are_refused(case, tmp_path):
    """The message names the file, and the row and column as far as there is one; all other files stay out, too."""
    name, change, says = BROKEN[case]
    files = league()
    change(files[name])
    paths = write_league(tmp_path, files)
    found = refused(tmp_path, *paths)
    assert says in found
    assert f"{name}.csv" in found


def test_names_that_say_another_season(tmp_path):
    """A file that is named after another season is refused, in each way in which names say it."""
    files = league()
    paths = {
        "shotdetail_2022.csv": ("shots", "is named after season 2022-23, but its games are of 2021-22"),
        "players-2019-20.csv": ("players", "is named after season 2019-20"),
    }
    for name, (rows, says) in paths.items():
        assert says in refused(tmp_path, write_csv(tmp_path / name, files[rows]))
    done = imported(tmp_path, [write_csv(tmp_path / "shotdetail_2021.csv", files["shots"])], dry_run=True)
    assert done.labels == ["2021-22"]
    assert "has no game of the seasons that are asked for" in refused(
        tmp_path, tmp_path / "shotdetail_2021.csv", seasons={2015}
    )


def cut(path: Path, size: float, name: str) -> Path:
    """A file that ends early: a share of it, or so many bytes."""
    data = path.read_bytes()
    found = path.with_name(name)
    found.write_bytes(data[: int(len(data) * size)])
    return found


def test_files_that_are_cut_off(tmp_path):
    """A file that ends early is refused, with the line if there are lines, however it is packed."""
    path = write_csv(tmp_path / "players.csv", league()["players"])
    whole = path.read_bytes()
    text = tmp_path / "cut.csv"
    text.write_bytes(whole[: whole.rindex(b",") - 20])
    assert "line 21 has" in refused(tmp_path, text)
    with tarfile.open(tmp_path / "players.tar.xz", "w:xz") as archive:
        archive.add(path, "players.csv")
    assert "it is cut off" in refused(tmp_path, cut(tmp_path / "players.tar.xz", 0.7, "cut.tar.xz"))
    with zipfile.ZipFile(tmp_path / "players.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, "players.csv")
    assert "damaged or cut off" in refused(tmp_path, cut(tmp_path / "players.zip", 0.7, "cut.zip"))
    duckdb.execute(f"COPY (FROM '{path}') TO '{tmp_path}/players.parquet'").fetchall()
    assert "damaged or cut off" in refused(tmp_path, cut(tmp_path / "players.parquet", 0.7, "cut.parquet"))
    answer = tmp_path / "answer.json"
    rows = league()["players"]
    lines = [list(row.values()) for row in rows]
    answer.write_text(
        json.dumps({"resultSets": [{"name": "LeagueGameLog", "headers": list(rows[0]), "rowSet": lines}]})
    )
    assert imported(tmp_path, [answer], dry_run=True).taken[0].rows == {"2021-22": 20}
    assert "damaged or cut off" in refused(tmp_path, cut(answer, 0.7, "cut.json"))


def archive_of(path: Path, members: dict[str, bytes], *, link: str = "") -> Path:
    """A tar with members, and a link to elsewhere."""
    with tarfile.open(path, "w:gz") as archive:
        for name, data in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
        if link:
            entry = tarfile.TarInfo("shots.csv")
            entry.type, entry.linkname = tarfile.SYMTYPE, link
            archive.addfile(entry)
    return path


def test_archives_with_tricks(tmp_path, monkeypatch):
    """Bombs, links, and members whose names lead out of the archive are refused before anything is written."""
    shots = write_csv(tmp_path / "shots.csv", league()["shots"]).read_bytes()
    for name in ("../shots.csv", "/etc/shots.csv", "a/../../shots.csv", "..\\shots.csv", "C:\\shots.csv"):
        path = archive_of(tmp_path / "a.tar.gz", {name: shots})
        assert "leads out of the archive" in refused(tmp_path, path), name
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
            archive.writestr(name, shots)
        assert "leads out of the archive" in refused(tmp_path, tmp_path / "a.zip"), name
    assert "is a link" in refused(tmp_path, archive_of(tmp_path / "l.tar.gz", {}, link="/etc/passwd"))
    monkeypatch.setattr(unpack, "_SMALL", 1_000_000)
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("shots.csv", b"\0" * 40_000_000)
    assert "unpacks to more than" in refused(tmp_path, tmp_path / "bomb.zip")
    assert "holds more than" in refused(
        tmp_path, archive_of(tmp_path / "m.tar.gz", {f"{n}.md": b"" for n in range(1_001)})
    )
    assert not list(Path("/etc").glob("shots.csv"))


def test_other_files(tmp_path):
    """What is no table is named: a page, an unknown table, an empty file, a folder without any, a pipe."""
    page = tmp_path / "page.csv"
    page.write_text("<html><body>blocked</body></html>")
    assert "is a web page, not a table" in refused(tmp_path, page)
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    assert "its columns are of none of these" in refused(tmp_path, other)
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    assert "is empty" in refused(tmp_path, empty)
    bare = tmp_path / "bare.csv"
    bare.write_text(",".join(league()["shots"][0]) + "\n")
    assert "has no rows" in refused(tmp_path, bare)
    folder = tmp_path / "folder"
    folder.mkdir()
    assert "no file in" in refused(tmp_path, folder)
    os.mkfifo(tmp_path / "pipe.csv")
    assert "is a pipe" in refused(tmp_path, tmp_path / "pipe.csv")
    assert "there is no" in refused(tmp_path, tmp_path / "gone.csv")


def test_two_files_that_contradict_each_other(tmp_path):
    """Two files of one command that say different things of a game are refused; the same words count once."""
    files = league()
    first = write_csv(tmp_path / "a.csv", files["players"])
    files["players"][4]["AST"] = 0
    assert "say different things of game 0022100001" in refused(
        tmp_path, first, write_csv(tmp_path / "b.csv", files["players"])
    )
    files["events"][3]["PERIOD"] = 2
    assert "say different things of game 0022100001" in refused(
        tmp_path, write_csv(tmp_path / "c.csv", league()["events"]), write_csv(tmp_path / "d.csv", files["events"])
    )


FORMS: dict[str, Callable[[str], Any]] = {
    "numbers": lambda day: day.replace("-", ""),
    "moments": lambda day: f"{day}T00:00:00",
    "words": lambda day: {"19": "OCT 19, 2021", "20": "OCT 20, 2021"}[day[-2:]],
    "months first": lambda day: f"10/{day[-2:]}/2021",
    "days first": lambda day: f"{day[-2:]}/10/2021",
}


def rows_of(paths: list[Path]) -> dict[str, list[tuple[object, ...]]]:
    """What files are converted to, by layout."""
    done = Imported()
    with bench() as place:
        examine(place, paths, done, (), LAYOUTS)
        names = {taken.match.layout.name: taken.match.layout for taken in done.taken}
        return {
            name: place.run(f"SELECT {', '.join(layout.feed.columns)} FROM {target(layout)} ORDER BY rowid")
            for name, layout in names.items()
        }


@pytest.mark.parametrize("place", range(len(FORMS)))
def test_every_form_that_exports_have(place, tmp_path):
    """Delimiters, encodings, index columns, fractions, lost zeros and dates make no difference to what is read."""
    plain = league()
    for row in (*plain["players"], *plain["shots"]):
        row["PLAYER_NAME"] = str(row["PLAYER_NAME"]).replace("č", "c").replace("ć", "c")
    assert "José" in str(plain["players"][4]["PLAYER_NAME"])
    want = rows_of(write_league(tmp_path, plain))
    assert [len(rows) for rows in want.values()] == [4, 20, 80, 96]
    files = {name: [dict(row) for row in rows] for name, rows in plain.items()}
    for row in files["teams"]:
        row["GAME_DATE"] = tuple(FORMS.values())[place](str(row["GAME_DATE"]))
        row["GAME_ID"] = f"{int(str(row['GAME_ID']))}.0" if place else int(str(row["GAME_ID"]))
    for number, row in enumerate(files["players"]):
        files["players"][number] = {"": number, **row, "MIN": "48:00", "EXTRA": "x"}
    files["shots"] = [{name.lower(): value for name, value in row.items()} for row in files["shots"]]
    style: dict[str, Any] = {
        "delimiter": ";\t|"[place % 3],
        "encoding": ("latin-1", "utf-16", "utf-8-sig")[place % 3],
    }
    assert rows_of([write_csv(tmp_path / f"{name}.csv", rows, **style) for name, rows in files.items()]) == want
    kinds = (
        f"COPY (SELECT * FROM read_csv('{tmp_path}/teams.csv', delim='{style['delimiter']}')) TO",
        "(FORMAT parquet)",
    )
    if style["encoding"] != "utf-16":
        # Typed columns of a parquet file say the same.
        duckdb.execute(f"{kinds[0]} '{tmp_path}/teams.parquet' {kinds[1]}").fetchall()
        assert rows_of([tmp_path / "teams.parquet"])["nba_api_team_log"] == want["nba_api_team_log"]


def query(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """Rows of a SELECT on the warehouse of a folder."""
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_what_is_held_back_and_comes_later(tmp_path):
    """Games that are there in part are held back with the reason; the whole files, imported later, set it right."""
    files = league()
    paths = write_league(tmp_path)
    away = files["teams"].pop()
    files["teams"].append(files["teams"][0] | {"GAME_ID": "0012100009"})
    files["players"].append(dict(files["players"][0]))
    files["shots"] = files["shots"][:35]
    files["events"] = files["events"][:40]
    odd = tmp_path / "odd"
    odd.mkdir()
    done = imported(tmp_path, write_league(odd, files))
    assert (done.exit_code, done.repeated) == (1, 1)
    assert next(dict(taken.left_out) for taken in done.taken) == {"of the pre-season": 1}
    season = done.seasons["2021-22"]
    assert season.not_derived == [
        ("0022100002", f"only {'LAL' if away['TEAM_ABBREVIATION'] == 'GSW' else 'GSW'} has a line")
    ]
    assert season.waiting == {"team lines": 1, "player lines": 1}
    assert query(tmp_path, "SELECT table_name, game_id, detail FROM nba_processing.quarantine ORDER BY ALL") == [
        ("nba_raw.nbac_play_by_play", "0022100001", "the end of period 4 is not among its events (and 39 more rows)"),
        ("nba_raw.nbac_shot_chart", "0022100001", "BKN has 15 shots, its line 20 attempts (and 34 more rows)"),
    ]
    counts = "SELECT (SELECT COUNT(*) FROM nba_raw.nbac_{}), (SELECT COUNT(*) FROM nba_raw.nbac_{})"
    assert query(tmp_path, counts.format("schedule", "player_boxscore")) == [(1, 10)]
    again = imported(tmp_path, paths)
    assert (again.exit_code, again.seasons["2021-22"].waiting) == (0, {})
    assert query(tmp_path, "SELECT COUNT(*) FROM nba_processing.quarantine") == [(0,)]
    assert query(tmp_path, counts.format("schedule", "player_boxscore")) == [(2, 20)]
    assert query(tmp_path, counts.format("shot_chart", "play_by_play")) == [(80, 96)]
    assert query(tmp_path, "SELECT DISTINCT is_assisted, team_abbr FROM nba_raw.nbac_shot_chart ORDER BY ALL") == [
        (False, team) for team in ("BKN", "GSW", "LAL", "MIL")
    ]
    assert query(tmp_path, "SELECT tipoff_text, periods FROM nba_raw.nbac_schedule") == [("7:37 PM EST", 4)] * 2


def test_a_season_folder_is_read_as_it_is_loaded(season, tmp_path):
    """Importing a season's folder gives the raw rows of loading it, those of files without games among them."""
    season.load()
    done = imported(tmp_path, [season.folder])
    assert (done.exit_code, len(done.taken)) == (0, len(season.files))
    assert digests(tmp_path / "w.duckdb", ("nba_raw",), full=True) == digests(
        season.warehouse.path, ("nba_raw",), full=True
    )


def test_sides_of_games_at_neutral_sites(tmp_path):
    """Where both lines say "BKN @ MIL", MIL is at home; where each puts itself first, nobody can say, and it is said."""
    teams = league()["teams"]
    each(teams[:2], MATCHUP="BKN @ MIL")
    teams[2]["MATCHUP"], teams[3]["MATCHUP"] = "LAL @ GSW", "GSW @ LAL"
    done = imported(tmp_path, [write_csv(tmp_path / "teams.csv", teams)])
    assert done.exit_code == 1
    assert done.seasons["2021-22"].not_derived == [("0022100002", "which of GSW and LAL is at home is not said")]
    assert query(tmp_path, "SELECT home_team_tricode, away_team_tricode FROM nba_raw.nbac_schedule") == [("MIL", "BKN")]


def test_a_folder_without_the_season_that_is_asked_for(tmp_path):
    """Files of another season in a folder: one line that says so, and nothing lands."""
    folder = tmp_path / "files"
    folder.mkdir()
    write_league(folder)
    with pytest.raises(InputFileError, match="has no game of the seasons that are asked for"):
        imported(tmp_path, [folder], seasons=(2020,))
    assert not (tmp_path / "landing").exists()


def test_rosters_of_two_seasons_are_not_confused(tmp_path):
    """Files without games are told apart by their season; two that say different things of one season are refused."""
    paths = []
    for label, name in (("2021-22", "A"), ("2022-23", "B"), ("2021-22", "C")):
        folder = tmp_path / f"{label}-{name}"
        folder.mkdir()
        rows = [{"season": label, "bref_team": team, "bref_name": name, "bref_id": name} for team in ("BRK", "MIL")]
        paths.append(write_csv(folder / "rosters_bref.csv", rows))
    found = rows_of([*paths[:2], paths[0]])["folder_rosters_bref"]
    assert [(row[0], row[2]) for row in found] == [("2021-22", "A")] * 2 + [("2022-23", "B")] * 2
    with pytest.raises(InputFileError, match="say different things of bref team BRK"):
        rows_of(paths)
