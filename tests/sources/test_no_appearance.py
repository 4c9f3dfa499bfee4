"""A man who did not play has no appearance, however a source writes nothing; one with anything beside 0 minutes has."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from backcourt.sources.declared import sources
from backcourt.sources.parsers.values import is_no_time
from partners import Partner, about, partner, payload

__all__ = ["partner"]
NOTHING = (
    *("", "0", "00", "00:00", "0:00", "PT00M00.00S", "PT0M", "PT0S", "PT", "0.0", "-", "--", "—", "DNP", " "),
    *("DNP - Coach's Decision", "dnd", "NWT - Not With Team", "N/A", "None", None, 0, 0.0),
)
MLK = date(2024, 1, 15)


def test_spellings_of_nothing() -> None:
    """Every spelling of nothing is one; a second is not, nor is a word."""
    assert [value for value in NOTHING if not is_no_time(value)] == []
    some = ("0:01", "12", "1", "PT00M01.00S", "PT24M", "00:30", 1, 0.5, "x", "DNPX", True, False)
    assert [value for value in some if is_no_time(value)] == []


@pytest.mark.parametrize("minutes", NOTHING)
def test_a_line_of_nothing_is_empty(minutes: object) -> None:
    """Of Ball Don't Lie's line and of ESPN's nothing is left but the man; with a foul beside it the line stays."""
    game = json.loads(payload("bdl_boxscores/box_scores.json"))
    line = game["data"][0]["home_team"]["players"][0]
    counts = [name for name, value in line.items() if isinstance(value, int) and name != "id"]
    line |= dict.fromkeys(counts, 0) | {"min": minutes}
    source = sources()["bdl_boxscores"]
    row = source.parse(json.dumps(game).encode(), about(MLK, "date")).rows[0]
    assert (row["minutes"], row["pf"], row["pts"]) == (None, None, None)
    line["pf"] = 1
    assert source.parse(json.dumps(game).encode(), about(MLK, "date")).rows[0]["pf"] == 1
    assert espn(minutes, "0") == (None, None)
    assert espn(minutes, "1")[1] == 1


def espn(minutes: object, fouls: str) -> tuple[Any, Any]:
    """Minutes and fouls of the first line of ESPN's page."""
    text = payload("espn_boxscore/a.html.gz").decode()
    found = re.search(r"window\['__espnfitt__'\]\s*=\s*", text)
    assert found is not None
    whole, end = json.JSONDecoder().raw_decode(text, found.end())
    group = whole["page"]["content"]["gamepackage"]["bxscr"][0]["stats"][0]
    given = {"minutes": minutes, "fouls": fouls}
    group["athlts"][0]["stats"] = [given.get(key, "0-0" if "-" in key else "0") for key in group["keys"]]
    page = (text[: found.end()] + json.dumps(whole) + text[end:]).encode()
    row = sources()["espn_boxscore"].parse(page, about(MLK, "0022300560")).rows[0]
    return row["minutes"], row["pf"]


@pytest.mark.slow
def test_in_a_season_s_file(season: Any) -> None:
    """Everyone listed for a game: a zero of any form is no appearance, and one with a foul is one."""
    bench = [line for line in season.files["player_boxscores_v3"] if not line["minutes"]]
    forms = ("00:00", "0:00", "PT00M00.00S", "0")
    assert len(bench) == len(forms)
    for line, form in zip(bench, forms, strict=True):
        line |= {"minutes": form, "plus_minus_points": 0.0}
    sql = (
        "SELECT player_status, minutes, seconds_played, points, COUNT(*) AS n FROM nba_raw.nbac_gamebook_player_stats "
        "WHERE player_name LIKE 'Bench%' GROUP BY 1, 2, 3, 4"
    )
    assert season.load().exit_code == 0
    assert season.rows(sql) == [("dnp", None, None, None, 4)]
    bench[0]["fouls_personal"] = 1
    season.load()
    assert ("active", "00:00", 0, 0, 1) in season.rows(sql)


@pytest.mark.slow
def test_what_a_chart_cannot_know_stays(partner: Partner) -> None:
    """Assists of shots are kept by the event, or by shooter, time and outcome where the events have other numbers."""
    night, game = date(2022, 1, 26), "0022100732"
    partner.schedule((game, night, "POR", "DAL", 112, 132, 4))
    source = sources()["nbac_shot_chart"]
    whole = json.loads(payload("../payloads2/nbac_shot_chart/both_teams_0022100732.json"))
    partner.load(source, night, json.dumps(whole).encode(), game)
    partner.execute("UPDATE nba_raw.nbac_shot_chart SET is_assisted = is_made AND event_id % 2 = 0")
    told = "SELECT player_id, period, seconds_remaining_in_period, is_made, is_assisted FROM nba_raw.nbac_shot_chart "
    before = partner.rows(f"{told} ORDER BY 1, 2, 3, 4, 5")
    headers, lines = whole["resultSets"][0]["headers"], whole["resultSets"][0]["rowSet"]
    place = headers.index("SHOT_ZONE_BASIC")
    change: list[Callable[[list[Any]], None]] = [
        lambda line: line.__setitem__(place, "Mid-Range"),
        lambda line: line.__setitem__(headers.index("GAME_EVENT_ID"), line[headers.index("GAME_EVENT_ID")] + 5000),
    ]
    for alter in change:
        for line in lines:
            alter(line)
        assert partner.load(source, night, json.dumps(whole).encode(), game).success == 1
        assert partner.rows(f"{told} ORDER BY 1, 2, 3, 4, 5") == before
