"""Shape, determinism and variety of a simulated season, and how a league carries on."""

from __future__ import annotations

import hashlib
import itertools
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from backcourt.errors import BackcourtError
from backcourt.simulate import SeasonSummary, write_league, write_season
from backcourt.simulate.names import invent_names, misspell
from backcourt.simulate.schemas import FILES
from backcourt.sources.season.files import feed

REAL_FILES = {
    "schedule": "2021-22",
    "team_boxscores": "2021-22",
    "player_boxscores": "2021-22",
    "player_boxscores_v3": "2022-23",
    "shots": "2021-22",
    "play_by_play": "2021-22",
    "rosters_bref": "2021-22",
}


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("name", REAL_FILES)
def test_columns_and_types_equal_the_real_files(season: SeasonSummary, real_data: Path, name: str) -> None:
    """Names, order and types of the columns are those of the real season's file, which may lack the optional ones."""
    shapes = [
        duckdb.execute(f"DESCRIBE SELECT * FROM '{folder / (name + '.parquet')}'").fetchall()
        for folder in (season.folder, real_data / REAL_FILES[name])
    ]
    optional = feed(name).optional
    assert [row[:2] for row in shapes[0] if row[0] not in optional] == [row[:2] for row in shapes[1]]


def test_no_invented_name_is_a_real_one(db: duckdb.DuckDBPyConnection, real_data: Path) -> None:
    """Not one simulated player bears the name of a player of the four real seasons."""
    real = f"SELECT player_name FROM '{real_data}/*/player_boxscores.parquet'"
    assert db.execute(f"SELECT player_name FROM players WHERE player_name IN ({real})").fetchall() == []


def test_the_summary_counts_the_files(season: SeasonSummary, db: duckdb.DuckDBPyConnection) -> None:
    """Every file is there, no partial file is left, and the summary's rows are the files' rows."""
    assert sorted(path.name for path in season.folder.iterdir()) == sorted(f"{name}.parquet" for name in FILES)
    for name, rows in season.rows.items():
        assert db.execute(f"SELECT count(*) FROM {name}").fetchall() == [(rows,)]
    sources = {db.execute(f"SELECT DISTINCT source FROM {name}").fetchall()[0] for name in FILES}
    assert sources == {("simulated",)}


@pytest.mark.slow
def test_same_seed_same_bytes_and_the_league_starts_with_it(
    season: SeasonSummary, tmp_path: Path, connect: Callable[[Path], duckdb.DuckDBPyConnection]
) -> None:
    """A league's first season is byte for byte the season of the same seed; its second has the same players, older."""
    first, second = write_league(tmp_path, seasons=2)
    assert digests(first.folder) == digests(season.folder)
    assert second.season == "2022-23"
    both = connect(second.folder)
    both.execute(f"CREATE VIEW before AS SELECT * FROM '{first.folder / 'players.parquet'}'")
    stayed = both.execute(
        "SELECT count(*), count(*) FILTER (b.birth_date = p.birth_date AND b.player_name = p.player_name) "
        "FROM players p JOIN before b USING (player_id)"
    ).fetchall()[0]
    assert stayed[0] == stayed[1] > 330
    assert both.execute("SELECT count(*) FROM players ANTI JOIN before USING (player_id)").fetchall()[0][0] > 30
    assert both.execute("SELECT count(*) FROM team_boxscores WHERE game_id LIKE '00222%'").fetchall() == [(2460,)]
    full = "SELECT count(*) FROM roster_snapshots GROUP BY roster_date, team_abbreviation HAVING count(*) < 13"
    assert both.execute(full).fetchall() == []


@pytest.mark.slow
def test_another_seed_is_another_season(season: SeasonSummary, tmp_path: Path) -> None:
    """Without playoffs, and with a seed of its own, the files differ."""
    other = write_season(tmp_path, seed=3, playoffs=False)
    assert other.champion is None
    assert set(other.games) <= {"Regular Season", "Cup Final"}
    assert not set(digests(other.folder).values()) & set(digests(season.folder).values())


LEVELS = {
    "points": ("avg(pts)", 106, 118),
    "field goals": ("sum(fgm) / sum(fga)", 0.45, 0.48),
    "threes": ("sum(fg3m) / sum(fg3a)", 0.345, 0.375),
    "free throws": ("sum(ftm) / sum(fta)", 0.76, 0.81),
    "pace": ("avg((fga + 0.44 * fta + tov - oreb) * 240 / min)", 95, 105),
    "assists": ("avg(ast)", 22, 27),
    "rebounds": ("avg(reb)", 41, 46),
    "steals": ("avg(stl)", 6.5, 9),
    "blocks": ("avg(blk)", 4, 5.5),
}


@pytest.mark.parametrize(("expression", "low", "high"), LEVELS.values(), ids=LEVELS.keys())
def test_league_levels_are_realistic(db: duckdb.DuckDBPyConnection, expression: str, low: float, high: float) -> None:
    """Season means lie where those of recent real seasons lie."""
    value = db.execute(f"SELECT {expression} FROM team_boxscores").fetchall()[0][0]
    assert low <= value <= high


def test_players_differ(db: duckdb.DuckDBPyConnection) -> None:
    """Stars use over 28 % and score over 25 points, the bench under 15 %; ages reach from 19 to over 35."""
    top, many, low, high = db.execute(
        """
        WITH u AS (
            SELECT p.player_id, avg(p.pts) AS points, count(*) AS games, 100 * sum(p.fga + .44 * p.fta + p.tov)
                * sum(t.min) / 5 / (sum(p.min) * sum(t.fga + .44 * t.fta + t.tov)) * count(*) AS usage
            FROM player_boxscores p JOIN team_boxscores t USING (game_id, team_id) GROUP BY 1 HAVING sum(p.min) > 400)
        SELECT max(points), count(*), min(usage / games), max(usage / games) FROM u
        """
    ).fetchall()[0]
    assert top > 25
    assert many > 300
    assert low < 15
    assert high > 28
    ages = db.execute(
        "SELECT min(age), max(age) FROM "
        "(SELECT date_diff('day', birth_date, DATE '2021-11-01') / 365.25 AS age FROM players)"
    )
    youngest, oldest = ages.fetchall()[0]
    assert 18.5 < youngest < 20.5
    assert 36 < oldest < 41


def test_games_differ(db: duckdb.DuckDBPyConnection) -> None:
    """About one game in twenty goes to overtime; eight to thirteen play; home teams win more often than not."""
    overtime, home = db.execute("SELECT avg((periods > 4)::INT), avg((home_wl = 'W')::INT) FROM schedule").fetchall()[0]
    assert 0.03 < overtime < 0.09
    assert 0.51 < home < 0.64
    low, middle, high = db.execute(
        "SELECT min(n), median(n), max(n) FROM (SELECT count(*) AS n FROM player_boxscores GROUP BY game_id, team_id)"
    ).fetchall()[0]
    assert low >= 7
    assert 9 <= middle <= 11
    assert high <= 13


def test_players_move(db: duckdb.DuckDBPyConnection) -> None:
    """Traded players have lines with two teams and a TOT row; some debut in mid-season; late games have older hands."""
    traded = db.execute(
        "SELECT count(*) FROM (SELECT player_id FROM player_boxscores GROUP BY 1 HAVING count(DISTINCT team_id) > 1)"
    ).fetchall()[0][0]
    assert traded >= 25
    totals = db.execute("SELECT count(*) FROM rosters_bref WHERE bref_team = 'TOT' AND nba_team_id IS NULL").fetchall()
    assert totals[0][0] >= traded
    debuts = db.execute(
        "SELECT count(*) FROM "
        "(SELECT player_id FROM player_boxscores GROUP BY 1 HAVING min(game_date) > DATE '2021-12-01')"
    ).fetchall()
    assert debuts[0][0] >= 15


def test_snapshots_do_not_look_ahead(db: duckdb.DuckDBPyConnection, season: SeasonSummary) -> None:
    """They start the day before opening day, come every 14 days, and name the team a player plays for that day."""
    whole = (
        "SELECT roster_date FROM roster_snapshots GROUP BY 1 HAVING count(DISTINCT team_abbreviation) = 30 ORDER BY 1"
    )
    dates = [row[0] for row in db.execute(whole).fetchall()]
    assert (season.opening_day - dates[0]).days == 1
    assert {(after - date).days for date, after in itertools.pairwise(dates)} == {14}
    wrong = db.execute(
        "SELECT count(*) FROM player_boxscores p JOIN roster_snapshots r ON r.roster_date = p.game_date "
        "AND r.player_id = p.player_id WHERE r.team_abbreviation <> p.team_abbreviation"
    ).fetchall()
    assert wrong == [(0,)]


def test_the_injury_report_is_true_but_for_a_few(db: duckdb.DuckDBPyConnection) -> None:
    """Of those listed out in their latest report before the game three to five a season play nevertheless."""
    played = db.execute(
        """
        WITH latest AS (
            SELECT game_id, player_id, max_by(injury_status, report_date::TIMESTAMP + to_hours(report_hour)) AS status
            FROM injury_report JOIN schedule USING (game_id)
            WHERE report_date < schedule.game_date
                OR report_hour < hour(strptime(replace(tipoff_text, ' EST', ''), '%I:%M %p')) GROUP BY ALL)
        SELECT count(*) FROM latest JOIN player_boxscores USING (game_id, player_id) WHERE status = 'out'
        """
    ).fetchall()
    assert 3 <= played[0][0] <= 5
    kinds = db.execute("SELECT DISTINCT injury_status FROM injury_report").fetchall()
    assert {kind for (kind,) in kinds} == {"out", "doubtful", "questionable", "probable", "available"}
    changed = "SELECT 1 FROM injury_report GROUP BY game_id, player_id HAVING count(DISTINCT injury_status) > 1"
    assert len(db.execute(changed).fetchall()) > 300
    early = "SELECT count(*) FROM injury_report WHERE report_date > game_date OR report_date < game_date - 1"
    assert db.execute(early).fetchall() == [(0,)]


def test_betting_lines_are_fair_and_known_before_the_game(db: duckdb.DuckDBPyConnection) -> None:
    """Of lines before tip-off over, under and push occur in plausible shares; spreads mirror each other."""
    shares = dict(
        db.execute(
            """
            SELECT if(pts > points_line, 'OVER', if(pts < points_line, 'UNDER', 'PUSH')),
                count(*) / sum(count(*)) OVER ()
            FROM player_props JOIN player_boxscores USING (game_id, player_name) WHERE minutes_before_tipoff > 0
            GROUP BY 1
            """
        ).fetchall()
    )
    assert 0.40 < shares["OVER"] < 0.55
    assert 0.01 < shares["PUSH"] < 0.06
    assert db.execute("SELECT min(points_line) > 0 FROM player_props").fetchall() == [(True,)]
    odds = db.execute(
        "SELECT count(*) FROM player_props WHERE abs(over_price_american) < 100 OR abs(under_price_american) < 100"
    )
    assert odds.fetchall() == [(0,)]
    uneven = db.execute(
        "SELECT game_id FROM game_lines WHERE market_key = 'spreads' "
        "GROUP BY game_id, bookmaker_key, snapshot_timestamp HAVING count(*) <> 2 OR sum(outcome_point) <> 0"
    ).fetchall()
    assert uneven == []


def test_invented_names_and_misspellings() -> None:
    """Names are unique, some have suffixes and letters outside ASCII; a misspelling always differs."""
    rng = np.random.default_rng(1)
    names = invent_names(rng, 500, set(), twins=True)
    assert len(set(names)) == 500
    assert any("đ" in name.lower() for name in names)
    assert any("ł" in name.lower() for name in names)
    assert any(name.endswith(" Jr.") for name in names)
    assert any(name.endswith(" III") for name in names)
    assert all(misspell(name, rng) != name for name in names)


@pytest.mark.parametrize("bad", [{"seed": -1}, {"season": "2021"}, {"season": "2021-23"}])
def test_bad_arguments_are_refused(tmp_path: Path, bad: dict[str, object]) -> None:
    """A negative seed and a malformed season are errors of ours, and nothing is written."""
    with pytest.raises(BackcourtError):
        write_season(tmp_path / "out", **bad)
    assert not (tmp_path / "out").exists()


def test_importing_the_package_is_cheap() -> None:
    """Neither numpy nor pyarrow is loaded before a season is written."""
    code = "import sys, backcourt.simulate; print([m for m in ('numpy', 'pyarrow', 'duckdb') if m in sys.modules])"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
