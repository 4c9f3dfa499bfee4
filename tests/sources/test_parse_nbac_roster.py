"""A team's roster page: its players with their birth dates."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest

from backcourt.errors import InputFileError
from backcourt.sources.source import About
from league_payloads import SOURCE, rows_of
from partners import NOW, Partner, about, damaged, partner, payload, survives

__all__ = ["partner"]
NAME = "nbac_roster"
FILE = "nbac_roster/roster.html.gz"
DAY = date(2025, 7, 17)


def page(*players: dict[str, Any]) -> bytes:
    """A roster page with these players."""
    data = {"props": {"pageProps": {"team": {"roster": players}}}}
    return b'<!DOCTYPE html><html><script id="__NEXT_DATA__" type="application/json">%s</script></html>' % (
        json.dumps(data).encode()
    )


def man(**changes: Any) -> dict[str, Any]:
    """A player of such a page."""
    fields = {"TeamID": 1610612744, "SEASON": "2025", "PLAYER": "Will Richard", "POSITION": "G", "PLAYER_ID": 1642954}
    return fields | {"BIRTH_DATE": "DEC 24, 2002"} | changes


def test_players_of_a_page() -> None:
    """18 players of Golden State, the season that their entries name, and birth dates as printed."""
    data = payload(FILE)
    found = rows_of(NAME, data, DAY, "gsw")
    assert len(found) == data.count(b'"BIRTH_DATE":') == 18
    assert {(row["season"], row["team_id"]) for row in found} == {("2025-26", 1610612744)}
    richard = next(row for row in found if row["player_id"] == 1642954)
    assert (richard["player_name"], richard["position"], richard["birth_date"]) == (
        "Will Richard",
        "G",
        date(2002, 12, 24),
    )
    curry = next(row for row in found if row["player_id"] == 201939)
    assert (curry["player_name"], curry["birth_date"]) == ("Stephen Curry", date(1988, 3, 14))


@pytest.mark.parametrize("born", ["FEB 30, 2002", "XYZ 1, 2002", "2002", 7, [1]])
def test_what_is_no_birth_date_is_noted(born: object) -> None:
    """It becomes NULL, and the load says so."""
    parsed = SOURCE[NAME].parse(page(man(BIRTH_DATE=born)), about(DAY))
    assert (parsed.rows[0]["birth_date"], parsed.changed) == (None, {"birth_date: a value that is not a date"})


@pytest.mark.parametrize(
    ("day", "season"), [("2020-09-01", "2019-20"), ("2021-07-15", "2020-21"), ("2021-07-25", "2021-22")]
)
def test_a_page_that_names_no_season_is_of_its_date(day: str, season: str) -> None:
    """In July of the Finals it is of the season that goes on; what the page says goes before it."""
    found = rows_of(NAME, page(man(SEASON=None), man(SEASON="2018")), date.fromisoformat(day))
    assert [row["season"] for row in found] == [season, "2018-19"]


def test_other_pages_are_refused() -> None:
    """Another team's roster, a page without data, and a page that was cut off."""
    with pytest.raises(InputFileError, match="the roster of GSW, not of LAL"):
        SOURCE[NAME].parse(page(man()), about(DAY, "lal"))
    for data in (b"<html>Access denied</html>", page(man())[:-60], b"", page(man()).replace(b'"props"', b'"shop"')):
        with pytest.raises(InputFileError):
            SOURCE[NAME].parse(data, about(DAY))


def test_damage_never_raises_anything_else() -> None:
    """Damaged data of the page: rows of the feed's types, or a refusal in one line."""
    known = About("gsw", DAY, NOW, "payload")
    source = SOURCE[NAME]
    good = [man(), man(PLAYER_ID=2, PLAYER="B C")]

    def one(seed: int) -> bool:
        data = json.dumps(damaged({"props": {"pageProps": {"team": {"roster": good}}}}, seed)).encode()
        return survives(
            lambda whole: source.parse(b'<script id="__NEXT_DATA__">%s</script>' % whole, known), data, source
        )

    outcomes = {one(seed) for seed in range(150)}
    assert outcomes == {True, False}


@pytest.mark.slow
def test_players_are_loaded_once(partner: Partner) -> None:
    """All 18 stand in the table with their birth dates; a second load changes nothing; bad rows are held back alone."""
    loaded = partner.twice(SOURCE[NAME], DAY, payload(FILE), "gsw")
    assert (loaded.success, loaded.quarantined) == (18, 0)
    curry = "SELECT season_year, team_abbr, birth_date, is_active FROM nba_raw.nbac_player_list_current WHERE player_id = 201939"
    assert partner.rows(curry) == [(2025, "GSW", date(1988, 3, 14), True)]
    bad = page(
        man(PLAYER=""), man(PLAYER_ID=2, TeamID=5), man(PLAYER_ID=3, BIRTH_DATE="DEC 24, 2020"), man(PLAYER_ID=4)
    )
    loaded = partner.load(SOURCE[NAME], DAY, bad, "other")
    assert loaded.quarantined == 3
    assert partner.rules() == {"1642954": {"required_fields"}, "2": {"known_team"}, "3": {"birth_date_plausible"}}
