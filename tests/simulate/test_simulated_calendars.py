"""Seasons that differed: broken off and ended in the autumn, shortened, with games put off; and views of them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import pytest

from backcourt.errors import BackcourtError
from backcourt.simulate import TEAMS, SeasonSummary, calendar_of, write_season
from backcourt.simulate.schedule import Fixtures, Games, pairings, regular_season
from backcourt.simulate.views import season_at
from backcourt.sources.season import load_season
from backcourt.warehouse.duckdb import DuckDBWarehouse

Connect = Callable[[Path], duckdb.DuckDBPyConnection]
BROKEN_OFF = calendar_of(2019)
SHORTENED = calendar_of(2020)


def fixtures_of(year: int, seed: int = 5) -> Fixtures:
    """The regular season of a year's own calendar."""
    return regular_season(calendar_of(year), np.random.default_rng([seed, year]))


def days_of(games: Games) -> dict[int, list[int]]:
    """Days of each team's games, in order."""
    found: dict[int, list[int]] = {team: [] for team in range(30)}
    for side in (games.home, games.away):
        for day, team in zip(games.day.tolist(), side.tolist(), strict=True):
            found[team].append(day)
    return {team: sorted(days) for team, days in found.items()}


@pytest.fixture(scope="module")
def bubble(tmp_path_factory: pytest.TempPathFactory) -> SeasonSummary:
    """2019-20 with about a fifth of its games."""
    return write_season(tmp_path_factory.mktemp("2019-20"), season="2019-20", calendar=BROKEN_OFF.thinned(8))


def test_the_broken_off_season_follows_the_facts(bubble: SeasonSummary, connect: Connect) -> None:
    """22 October to 11 October: nothing from 12 March to 29 July, 88 seeding games of 22 teams, 13 of them of the West."""
    assert (bubble.opening_day, bubble.last_regular_day, bubble.last_day) == (
        dt.date(2019, 10, 22),
        dt.date(2020, 8, 14),
        dt.date(2020, 10, 11),
    )
    db = connect(bubble.folder)
    last, first = db.execute(
        "SELECT max(game_date) FILTER (game_date < DATE '2020-06-01'), min(game_date) FILTER (game_date > DATE "
        "'2020-06-01') FROM schedule WHERE status = 'Final'"
    ).fetchall()[0]
    assert (last, first) == (dt.date(2020, 3, 11), dt.date(2020, 7, 30))
    seeding = db.execute(
        "SELECT team_abbreviation, count(*), count(DISTINCT game_date), count(DISTINCT opponent_abbreviation) "
        "FROM team_boxscores WHERE game_id LIKE '002%' AND game_date > DATE '2020-06-01' GROUP BY 1"
    ).fetchall()
    assert len(seeding) == 22
    assert {row[1:] for row in seeding} == {(8, 8, 8)}
    west = {team.abbr for team in TEAMS if team.conference == "West"}
    assert sum(team in west for team, *_ in seeding) == 13
    rows = db.execute("SELECT season_type, min(game_date), max(game_date) FROM schedule GROUP BY 1").fetchall()
    spans = {kind: dates for kind, *dates in rows}
    assert spans["Playoffs"] == [dt.date(2020, 8, 17), dt.date(2020, 10, 11)]
    assert dt.date(2020, 8, 15) <= spans["Play-In"][0] <= spans["Play-In"][1] <= dt.date(2020, 8, 16)
    assert "Cup Final" not in spans


def test_what_was_planned_after_it_stopped_is_put_off_for_good(bubble: SeasonSummary, connect: Connect) -> None:
    """Games after 11 March stay on their dates, Postponed, without a score; those dates have no other games."""
    db = connect(bubble.folder)
    rows = db.execute(
        "SELECT count(*), count(home_score), count(tipoff_text), min(game_date), max(game_date), count(DISTINCT game_date) "
        "FROM schedule WHERE status = 'Postponed'"
    ).fetchall()[0]
    assert rows[0] > 20
    assert rows[1:3] == (0, 0)
    assert dt.date(2020, 3, 11) < rows[3] <= rows[4] < dt.date(2020, 4, 20)
    mixed = "SELECT 1 FROM schedule GROUP BY game_date HAVING count(DISTINCT status) > 1"
    assert db.execute(mixed).fetchall() == []
    assert db.execute("SELECT count(*) FROM schedule WHERE status = 'Final'").fetchall() == [
        (sum(bubble.games.values()),)
    ]
    assert db.execute("SELECT count(*) = count(DISTINCT game_id) FROM schedule").fetchall() == [(True,)]


def test_a_game_put_off_is_loaded_with_a_status_of_its_own(bubble: SeasonSummary, tmp_path: Path) -> None:
    """Nothing is held back; a game put off for good is neither planned nor final in the stored schedule."""
    warehouse = DuckDBWarehouse(tmp_path / "w.duckdb")
    loaded = load_season(
        warehouse, bubble.folder, now=dt.datetime(2020, 11, 1, tzinfo=dt.UTC), run_id="a", only=["nbac_schedule"]
    )
    assert loaded.exit_code == 0
    with warehouse.read() as session:
        rows = session.rows("SELECT game_status, COUNT(*) AS games FROM nba_raw.nbac_schedule GROUP BY game_status")
    counts = dict(rows)
    assert counts == {3: sum(bubble.games.values()), 4: bubble.rows["schedule"] - sum(bubble.games.values())}


def test_a_whole_broken_off_season_has_as_many_games_as_the_real_one() -> None:
    """63 to 70 games a team before the break (really 63 to 67), and the rest of the 1,230 is never played."""
    fixtures = fixtures_of(2019)
    assert len(fixtures.games) + len(fixtures.unplayed) == 1230
    counts = [len(days) for days in days_of(fixtures.games).values()]
    assert 63 <= min(counts) <= max(counts) <= 70
    assert int(fixtures.games.day.max()) == (dt.date(2020, 3, 11) - dt.date(2019, 10, 22)).days


@pytest.mark.parametrize("seed", [5, 6])
def test_the_shortened_season_is_sound(seed: int) -> None:
    """72 games a team in 146 days, 36 at home, never two a day nor three in three days, put-off games included."""
    games = fixtures_of(2020, seed).games
    assert len(games) == 1080
    assert np.bincount(games.home).tolist() == np.bincount(games.away).tolist() == [36] * 30
    assert (int(games.day.min()), int(games.day.max())) == (0, (dt.date(2021, 5, 16) - dt.date(2020, 12, 22)).days)
    for days in days_of(games).values():
        assert len(set(days)) == 72
        assert not any({day + 1, day + 2} <= set(days) for day in days)
    assert Counter(games.day.tolist())[0] == 2


def test_shortened_pairings() -> None:
    """Three meetings in the conference, two outside; 36 games at home and 36 away."""
    hosts = pairings(2020, 36)
    assert hosts.sum(axis=0).tolist() == hosts.sum(axis=1).tolist() == [36] * 30
    meetings = hosts + hosts.T
    assert Counter(meetings[~np.eye(30, dtype=bool)].tolist()) == {3: 2 * 15 * 14, 2: 2 * 15 * 15}


def test_games_put_off_are_played_later() -> None:
    """Both dates of 2020-21 are empty, their games are a week later or more; other seasons can have them too."""
    plain = calendar_of(2023).with_postponed(dt.date(2023, 12, 15))
    other = regular_season(plain, np.random.default_rng([5, 2023]))
    for fixtures, calendar in ((fixtures_of(2020), SHORTENED), (other, plain)):
        games = fixtures.games
        empty = {calendar.day(date) for date in calendar.postponed}
        assert not empty & set(games.day.tolist())
        assert set(fixtures.planned.values()) == empty
        when = dict(zip(games.ids, games.day.tolist(), strict=True))
        assert all(when[game] >= planned + 7 for game, planned in fixtures.planned.items())
        assert games.day.tolist() == sorted(games.day.tolist())
    assert len(other.games) == 1230


def test_a_date_without_planned_games_cannot_be_put_off() -> None:
    """A date of the All-Star break, of the summer or opening day is refused, with what is valid."""
    for date in (dt.date(2021, 3, 7), dt.date(2021, 7, 1), dt.date(2020, 12, 22)):
        with pytest.raises(BackcourtError, match=str(date)):
            SHORTENED.with_postponed(date)
    with pytest.raises(BackcourtError, match="37 rounds"):
        SHORTENED.thinned(37)
    with pytest.raises(BackcourtError, match="2020-21 for season 2019-20"):
        write_season(Path("nowhere"), season="2019-20", calendar=SHORTENED)


def test_a_view_shows_games_put_off_first_planned_then_postponed_then_played(tmp_path: Path, connect: Connect) -> None:
    """A date whose games are all put off: planned until it is over, then Postponed there, at last played elsewhere."""
    whole = write_season(tmp_path / "whole", season="2020-21", calendar=SHORTENED.thinned(4), playoffs=False)
    date = max(whole.planned.values())
    moved = sorted(game for game, planned in whole.planned.items() if planned == date)
    assert moved
    db = connect(whole.folder)
    replayed = dict(db.execute("SELECT game_id, game_date FROM schedule").fetchall())
    morning = dt.datetime.combine(date, dt.time(12), dt.UTC)
    last = max(replayed[game] for game in moved)

    def state(moment: dt.datetime, name: str) -> tuple[dict[str, set[tuple[str, dt.date]]], duckdb.DuckDBPyConnection]:
        view = connect(season_at(whole, tmp_path / name, moment))
        rows = view.execute("SELECT game_id, status, game_date FROM schedule").fetchall()
        return {game: {(status, day)} for game, status, day in rows if game in moved}, view

    before, view = state(morning, "before")
    assert before == {game: {("Scheduled", date)} for game in moved}
    assert view.execute(
        f"SELECT count(*) FROM schedule WHERE status = 'Final' AND game_date >= DATE '{date}'"
    ).fetchall() == [(0,)]
    assert view.execute(
        "SELECT count(*) FROM schedule WHERE status <> 'Final' AND home_score IS NOT NULL"
    ).fetchall() == [(0,)]
    assert view.execute("SELECT max(game_date) FROM team_boxscores").fetchall()[0][0] < date
    seen = view.execute("SELECT max(snapshot_timestamp) FROM game_lines").fetchall()[0][0]
    assert seen < morning
    after, view = state(morning + dt.timedelta(days=1), "after")
    assert {game: {status for status, _ in states} for game, states in after.items()} == {
        game: {"Postponed" if replayed[game] > date + dt.timedelta(days=4) else "Scheduled"} for game in moved
    }
    assert view.execute(f"SELECT DISTINCT status FROM schedule WHERE game_date = DATE '{date}'").fetchall() == [
        ("Postponed",)
    ]
    at_last, _ = state(dt.datetime.combine(last, dt.time(12), dt.UTC) + dt.timedelta(days=1), "last")
    assert at_last == {game: {("Final", replayed[game])} for game in moved}
