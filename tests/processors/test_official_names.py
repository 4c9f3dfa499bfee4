"""Rows of sources that spell otherwise are called as the registry calls the player, once his name is decided."""

from __future__ import annotations

import pytest

from backcourt.catalog.views import view
from backcourt.names.resolve import resolve
from backcourt.names.review import decided
from backcourt.names.review_acts import Author
from backcourt.names.review_rows import name_id
from backcourt.warehouse.base import Statement
from review_league import FIRST, NOW, ROBERT, SECOND, TIMELORD, game, league, raw, say

GAME = "0022200003"
BY = Author("me", NOW, "r")


@pytest.fixture
def place(tmp_path_factory, tmp_path):
    """The small league with one more game, of which only partners know: a box score, and a roster of the team."""
    place = league(tmp_path_factory, tmp_path)
    spelled = {
        "player_lookup": "timelordwilliams",
        "player_full_name": TIMELORD,
        "season_year": 2022,
        "team_abbr": "BOS",
    }
    with place.write() as session:
        raw(session, "nbac_schedule", [game(GAME, SECOND, "BOS", "NOP")])
        raw(
            session,
            "bdl_player_boxscores",
            [{**spelled, "game_id": GAME, "game_date": SECOND, "home_team_abbr": "BOS", "away_team_abbr": "NOP",
              "minutes": "20:00", "points": 4}],
        )  # fmt: skip
        raw(session, "espn_team_rosters", [{**spelled, "roster_date": SECOND, "scrape_hour": 9}])
        resolve(session, run_id="load", now=NOW)
    return place


def called(session, name, *, columns, days=False):
    """How the rows of a part call people."""
    values = {"start_date": FIRST, "end_date": SECOND} if days else {}
    return session.rows(f"SELECT {columns} FROM ({view(name, 'IS NOT NULL')}) WHERE team_abbr = 'BOS'", values)


def test_the_registry_says_how_somebody_is_called(place):
    """An open name is as the source prints it; accepted, it is the registry's, in box-score lines and on rosters."""
    line, listed = "player_id, player_lookup, player_name", "player_id, player_lookup, player_full_name"
    with place.write() as session:
        given = [row for row in called(session, "box_lines", columns=f"{line}, game_id") if row[3] == GAME]
        assert given == [(None, "timelordwilliams", TIMELORD, GAME)]
        assert called(session, "timed_rosters", columns=listed, days=True) == [(None, "timelordwilliams", TIMELORD)]
        say(session, "accept", name_id("bdl_player_boxscores", "timelordwilliams", "2022-23", "BOS"), ROBERT, by=BY)
        assert {row["player_id"] for row in decided(session, TIMELORD)} == {ROBERT}
        official = (ROBERT, "robertwilliamsiii", "Robert Williams III")
        given = [row for row in called(session, "box_lines", columns=f"{line}, game_id") if row[3] == GAME]
        assert given == [(*official, GAME)]
        assert called(session, "timed_rosters", columns=listed, days=True) == [official]


def test_a_partners_roster_names_nobody_whom_the_league_has_named(place):
    """A newer season in which only a partner's roster lists him does not change how he is called."""
    with place.write() as session:
        session.transaction(
            [
                Statement(
                    "INSERT INTO nba_reference.nba_players_registry (universal_player_id, team_abbr, season, player_id, "
                    "player_lookup, player_name, source_priority, created_by, created_at, processed_at) VALUES "
                    "(@own, 'BOS', '2023-24', @id, 'rwilliams', 'R. Williams', 'roster', 'r', @now, @now)",
                    {"own": f"nba_{ROBERT}", "id": ROBERT, "now": NOW},
                )
            ]
        )
        found = session.rows(f"SELECT player_lookup FROM ({view('official_names')}) WHERE player_id = {ROBERT}")
        assert found == [("robertwilliamsiii",)]
