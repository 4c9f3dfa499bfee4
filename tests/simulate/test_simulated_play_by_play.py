"""The play-by-play adds up to the box scores and reads like the service's."""

from __future__ import annotations

import duckdb
import pytest

COUNTED = {
    "ftm": ("player1_id", "eventmsgtype = 3 AND score IS NOT NULL"),
    "fta": ("player1_id", "eventmsgtype = 3"),
    "reb": ("player1_id", "eventmsgtype = 4 AND person1type >= 4"),
    "tov": ("player1_id", "eventmsgtype = 5 AND person1type >= 4"),
    "stl": ("player2_id", "eventmsgtype = 5 AND person2type >= 4"),
    "ast": ("player2_id", "eventmsgtype = 1 AND person2type >= 4"),
    "blk": ("player3_id", "eventmsgtype = 2 AND person3type >= 4"),
    "fgm": ("player1_id", "eventmsgtype = 1"),
    "fga": ("player1_id", "eventmsgtype IN (1, 2)"),
    "pf": ("player1_id", "eventmsgtype = 6 AND eventmsgactiontype <> 11"),
}


@pytest.mark.parametrize(("stat", "person", "where"), [(stat, *how) for stat, how in COUNTED.items()])
def test_events_count_up_to_the_box_score(db: duckdb.DuckDBPyConnection, stat: str, person: str, where: str) -> None:
    """Events of a player are as many as his box score says, for every player-game."""
    events = f"SELECT game_id, {person} AS player_id, count(*) AS n FROM play_by_play WHERE {where} GROUP BY ALL"
    boxes = f"SELECT game_id, player_id, {stat} FROM player_boxscores WHERE {stat} > 0"
    assert db.execute(f"({events}) EXCEPT ({boxes}) LIMIT 5").fetchall() == []
    assert db.execute(f"({boxes}) EXCEPT ({events}) LIMIT 5").fetchall() == []


def test_shots_are_the_events_of_that_number(db: duckdb.DuckDBPyConnection) -> None:
    """`game_event_id` points to the same shot: player, period, clock, outcome, kind of shot and value."""
    wrong = db.execute(
        """
        SELECT count(*) FROM shots s LEFT JOIN play_by_play e ON s.game_id = e.game_id AND s.game_event_id = e.eventnum
        WHERE e.eventnum IS NULL OR e.player1_id <> s.player_id OR e.period <> s.period
           OR e.eventmsgtype <> 2 - s.shot_made_flag
           OR e.pctimestring <> s.minutes_remaining || ':' || lpad(s.seconds_remaining::TEXT, 2, '0')
           OR s.is_three <> (coalesce(e.homedescription, '') || coalesce(e.visitordescription, '') LIKE '% 3PT %')
           OR (s.shot_made_flag = 1 AND (s.assisted = 1) <> (e.player2_id > 0))
        """
    ).fetchall()
    assert wrong == [(0,)]
    shots, events = (
        db.execute(f"SELECT count(*) FROM {table}").fetchall()[0][0]
        for table in ("shots", "play_by_play WHERE eventmsgtype IN (1, 2)")
    )
    assert shots == events


def test_and_ones_follow_a_made_shot(db: duckdb.DuckDBPyConnection) -> None:
    """Every free throw "1 of 1" comes at the clock of a made shot of the same player, and there are many."""
    found = db.execute(
        """
        SELECT count(*), count(*) FILTER (EXISTS (
            SELECT 1 FROM play_by_play m WHERE m.game_id = f.game_id AND m.eventmsgtype = 1 AND m.period = f.period
            AND m.pctimestring = f.pctimestring AND m.player1_id = f.player1_id AND m.eventnum < f.eventnum))
        FROM play_by_play f WHERE eventmsgtype = 3 AND eventmsgactiontype = 10
        """
    ).fetchall()[0]
    assert found[0] == found[1] > 3000


def test_free_throws_come_in_full_sets(db: duckdb.DuckDBPyConnection) -> None:
    """There are as many first as last free throws of every set of two and three."""
    counts = dict(
        db.execute("SELECT eventmsgactiontype, count(*) FROM play_by_play WHERE eventmsgtype = 3 GROUP BY 1").fetchall()
    )
    assert counts[11] == counts[12] > 0
    assert counts[13] == counts[14] == counts[15] > 0


def test_time_runs_forward_and_periods_are_whole(db: duckdb.DuckDBPyConnection) -> None:
    """Within a period the clock never rises, it starts full and ends at 0:00, and there are as many as scheduled."""
    clock = "split_part(pctimestring, ':', 1)::INT * 60 + split_part(pctimestring, ':', 2)::INT"
    rising = db.execute(
        f"""
        SELECT count(*) FROM (SELECT {clock} > lag({clock}) OVER (PARTITION BY game_id, period ORDER BY eventnum) AS up
        FROM play_by_play) WHERE up
        """
    ).fetchall()
    assert rising == [(0,)]
    wrong = db.execute(
        """
        SELECT game_id FROM play_by_play JOIN schedule USING (game_id) WHERE eventmsgtype IN (12, 13) GROUP BY game_id
        HAVING count(*) <> 2 * any_value(periods) OR max(period) <> any_value(periods)
            OR count(*) FILTER (eventmsgtype = 13 AND pctimestring <> '0:00') > 0
            OR count(*) FILTER (eventmsgtype = 12 AND pctimestring <> if(period > 4, '5:00', '12:00')) > 0
        """
    ).fetchall()
    assert wrong == []


def test_the_running_score_ends_at_the_result(db: duckdb.DuckDBPyConnection) -> None:
    """The last score is the schedule's, and it is level at the end of regulation where overtime follows."""
    last = "SELECT game_id, max_by(score, eventnum) AS score FROM play_by_play WHERE score IS NOT NULL GROUP BY ALL"
    wrong = db.execute(
        f"SELECT game_id FROM ({last}) JOIN schedule USING (game_id) WHERE score <> away_score || ' - ' || home_score"
    ).fetchall()
    assert wrong == []
    level = db.execute(
        """
        SELECT count(*) FROM play_by_play JOIN schedule USING (game_id)
        WHERE eventmsgtype = 13 AND (scoremargin = 'TIE') <> (period < periods) AND period >= 4
        """
    ).fetchall()
    assert level == [(0,)]


def test_nobody_has_more_than_six_fouls(db: duckdb.DuckDBPyConnection) -> None:
    """A player with six fouls leaves; some do."""
    assert db.execute("SELECT max(pf), count(*) FILTER (pf = 6) > 20 FROM player_boxscores").fetchall() == [(6, True)]
