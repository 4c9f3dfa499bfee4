"""What the statistics service is asked, and what is read of its answers, held against the nba_api package.

No request to the service is part of the tests; nba_api, which is kept in step with it, knows its addresses, the
parameters that it wants to see, and the columns that it answers with.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import Any

import pytest

from backcourt.sources.declared import sources
from backcourt.sources.parsers import (
    nbac_boxscore_summary_v2,
    nbac_boxscore_summary_v3,
    nbac_play_by_play_v3,
    nbac_player_list,
    nbac_scoreboard_v3,
    nbac_season,
    nbac_shot_chart,
    nbac_team_boxscore,
    nbac_team_roster_api,
)
from backcourt.sources.providers.nbac_season import IN_BULK

HOST = "https://stats.nba.com/stats/"
ASKED = {
    source.name: source.fetch
    for source in (*sources().values(), *IN_BULK)
    if source.fetch is not None and source.fetch.url.startswith(HOST)
}
SECOND = {f"{name}, second": source.second for name, source in sources().items() if source.second is not None}
READ = {
    "nbac_player_list": {"PlayerIndex": nbac_player_list._FIELDS},
    "nbac_scoreboard_v2": {
        "GameHeader": set(nbac_scoreboard_v3._GAME) - {"homeTeam", "awayTeam", "broadcasters"},
        "LineScore": nbac_scoreboard_v3._TEAM,
        "Broadcasters": nbac_scoreboard_v3._CHANNEL,
    },
    "nbac_boxscore_summary_v2": {
        "GameSummary": nbac_boxscore_summary_v2._SUMMARY,
        "InactivePlayers": nbac_boxscore_summary_v2._PLAYER,
        "LineScore": nbac_boxscore_summary_v2._LINE,
    },
    "nbac_team_roster_api": {"CommonTeamRoster": nbac_team_roster_api._FIELDS},
    "nbac_shot_chart": {"Shot_Chart_Detail": nbac_shot_chart.FIELDS},
    "nbac_season_team_log": {"LeagueGameLog": nbac_season._TEAM_FIELDS},
    "nbac_season_shots": {"Shot_Chart_Detail": nbac_season._SHOT_FIELDS},
}
"""Columns that are read, by source and result set; of the game log nba_api names the columns of teams only."""


def known(url: str) -> type[Any]:
    """The class of nba_api that asks for an address."""
    from nba_api.stats import endpoints

    name = url.removeprefix(HOST)
    module = next(found.name for found in pkgutil.iter_modules(endpoints.__path__) if found.name == name)
    classes = inspect.getmembers(importlib.import_module(f"{endpoints.__name__}.{module}"), inspect.isclass)
    (found,) = (kind for _, kind in classes if getattr(kind, "endpoint", "") == name)
    return found


def parameters(kind: type[Any]) -> dict[str, Any]:
    """What nba_api sends if it is told no more than it must be; nothing is asked."""
    needed = [
        name for name, value in inspect.signature(kind).parameters.items() if value.default is inspect.Parameter.empty
    ]
    sent: dict[str, Any] = kind(**dict.fromkeys(needed, "0"), get_request=False).parameters
    return sent


def test_the_sources_of_the_service() -> None:
    """Eleven are asked of it, three of them by the season, and two where the first place has nothing: nba_api knows all."""
    assert (len(ASKED), list(SECOND)) == (11, ["nbac_play_by_play, second", "nbac_boxscore_summary_v2, second"])
    asked = {**ASKED, **SECOND}
    assert all(known(endpoint.url).endpoint == endpoint.url.removeprefix(HOST) for endpoint in asked.values())


@pytest.mark.filterwarnings("ignore:BoxScoreSummaryV2")
@pytest.mark.parametrize("name", [*ASKED, *SECOND])
def test_parameters_are_those_of_the_service(name: str) -> None:
    """No parameter that it does not know, and none left out that it wants to see filled in."""
    endpoint = {**ASKED, **SECOND}[name]
    ours, theirs = set(endpoint.params), parameters(known(endpoint.url))
    assert ours - theirs.keys() == set()
    assert {parameter for parameter, value in theirs.items() if value not in {None, ""}} - ours == set()


@pytest.mark.parametrize("name", READ)
def test_columns_are_those_of_the_service(name: str) -> None:
    """Every column that is read is one of its answer."""
    answer = known(ASKED[name].url).expected_data
    for part, columns in READ[name].items():  # type: ignore[attr-defined]
        assert set(columns) - set(answer[part]) == set()


def test_statistics_of_a_team_are_those_of_the_service() -> None:
    """The team box score's newer shape: ids, names and every count of a team."""
    answer = known(ASKED["nbac_team_boxscore"].url).expected_data["TeamStats"]
    assert {*nbac_team_boxscore._V3, *nbac_team_boxscore._V3_TEAM} - set(answer) == set()


def test_fields_of_events_are_those_of_the_service() -> None:
    """Play-by-play's second way: every field that is read is one of its answer."""
    answer = known(SECOND["nbac_play_by_play, second"].url).expected_data["PlayByPlay"]
    assert set(nbac_play_by_play_v3.FIELDS) - set(answer) == set()
    answer = known(SECOND["nbac_boxscore_summary_v2, second"].url).expected_data["InactivePlayers"]
    assert set(nbac_boxscore_summary_v3._PLAYER) - set(answer) == set()
