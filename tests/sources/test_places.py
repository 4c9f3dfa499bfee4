"""Where a game was played: what the schedule names decides, then what is known of arenas and dates."""

from __future__ import annotations

from datetime import date

import pytest

from league_payloads import SCHEDULE, SEASON_DAY, SOURCE, rows_of
from partners import Partner, partner, payload

__all__ = ["partner"]
MILWAUKEE, LOS_ANGELES = (43.0451, -87.9172), (34.0430, -118.2673)
PARIS, LAS_VEGAS = (48.8386, 2.3786), (36.1028, -115.1783)


def load(season, **fields):
    """The place of MIL against BKN of 2021-10-19 after a load in which the schedule says this of it."""
    game, other = season.files["schedule"]
    game |= fields
    # A column is there for every game or for none.
    for name in fields:
        other.setdefault(name, None)
    summary = season.load(only=["nbac_schedule"])
    where = (
        "SELECT venue_latitude, venue_longitude, place_basis FROM nba_raw.nbac_schedule WHERE game_id = '0022100001'"
    )
    return season.rows(where)[0], dict(summary.table("nbac_schedule").warnings)


@pytest.mark.parametrize(
    ("fields", "place", "basis"),
    [
        # The file of a season has no such columns at all.
        ({}, MILWAUKEE, "home_arena"),
        ({"arena_name": None, "arena_city": " ", "is_neutral": None}, MILWAUKEE, "home_arena"),
        ({"is_neutral": False}, MILWAUKEE, "home_arena"),
        # An arena tells by itself, under any of its names, whether or not the site is called neutral.
        ({"arena_name": "Accor Arena", "arena_city": "Paris", "is_neutral": True}, PARIS, "arena"),
        ({"arena_name": "ACCORHOTELS ARENA", "arena_city": "Paris, France", "is_neutral": False}, PARIS, "arena"),
        ({"arena_name": "T-Mobile Arena", "arena_city": None}, LAS_VEGAS, "arena"),
        ({"arena_name": "STAPLES Center", "arena_city": "L.A."}, LOS_ANGELES, "arena"),
        # A city stands for its usual arena, or for the home team's there, unless the site is neutral.
        ({"arena_name": "New Hall", "arena_city": "Paris"}, PARIS, "city"),
        ({"arena_city": "Los Angeles"}, LOS_ANGELES, "city"),
        ({"arena_name": "New Forum", "arena_city": "Milwaukee", "is_neutral": False}, MILWAUKEE, "city"),
    ],
)
def test_a_place_that_is_known(season, fields, place, basis):
    """The place is on the map and the basis says how it is known."""
    found, warnings = load(season, **fields)
    assert found == (*place, basis)
    assert warnings == {}


@pytest.mark.parametrize(
    ("fields", "basis"),
    [
        ({"arena_name": "Rod Laver Arena", "arena_city": "Melbourne", "is_neutral": True}, "unknown_arena"),
        # What the schedule names is never overruled by who is at home.
        ({"arena_name": "Some Hall", "arena_city": None, "is_neutral": False}, "unknown_arena"),
        ({"arena_city": "Springfield"}, "unknown_arena"),
        ({"is_neutral": True}, "neutral_site"),
    ],
)
def test_a_place_that_is_not_known(season, fields, basis):
    """There are no coordinates then, the basis says why, and the load says what follows."""
    found, warnings = load(season, **fields)
    assert found == (None, None, basis)
    assert warnings == {f"place unknown, travel will be NULL ({basis})": 1}


def test_a_known_game_elsewhere_needs_its_date_and_teams(season, monkeypatch):
    """Only a game of both teams on the date was elsewhere, whatever its id; named arenas come first."""
    from backcourt.catalog.venues import VENUES, NeutralGame
    from backcourt.sources import venues

    accor = next(venue for venue in VENUES if venue.arena == "Accor Arena")
    games = (
        NeutralGame(date(2021, 10, 19), "BKN", "MIL", accor),
        NeutralGame(date(2021, 10, 20), "BOS", "LAL", accor),
        NeutralGame(date(2021, 10, 21), "GSW", "LAL", accor),
    )
    monkeypatch.setattr(venues, "NEUTRAL_GAMES", games)
    assert load(season)[0] == (*PARIS, "neutral_game")
    assert season.rows("SELECT place_basis FROM nba_raw.nbac_schedule WHERE game_id = '0022100002'") == [
        ("home_arena",)
    ]
    assert load(season, arena_name="T-Mobile Arena")[0] == (*LAS_VEGAS, "arena")


def test_what_one_source_does_not_say_stays(season):
    """A load from a source without arenas keeps what another one said, arena and city together."""
    said = {"arena_name": "Accor Arena", "arena_city": "Paris", "is_neutral": True}
    load(season, **said)
    assert load(season, **dict.fromkeys(said))[0] == (*PARIS, "arena")
    assert load(season, arena_name=None, arena_city="Las Vegas", is_neutral=None)[0] == (*LAS_VEGAS, "city")
    stored = "SELECT arena_name, arena_city, is_neutral FROM nba_raw.nbac_schedule WHERE game_id = '0022100001'"
    assert season.rows(stored) == [(None, "Las Vegas", True)]


def test_the_tables_ship_with_the_program(season):
    """A load brings arenas, homes and games elsewhere with it; a second one leaves them alone."""
    season.load(only=["nbac_schedule"])
    assert season.rows("SELECT COUNT(DISTINCT team_abbr) FROM nba_reference.arenas") == [(30,)]
    assert season.rows("SELECT COUNT(*) FROM nba_reference.neutral_site_games WHERE city = 'Las Vegas'") == [(9,)]
    assert season.rows("SELECT COUNT(DISTINCT city) = COUNTIF(is_usual) FROM nba_reference.venues") == [(True,)]
    assert season.load(only=["nbac_schedule"]).table("nbac_schedule").skip_rate == 1


def test_the_schedule_of_the_league_names_arenas():
    """The payload's arenaName, arenaCity and isNeutral come through; a game in Austin is not called neutral there."""
    games = {row["game_id"]: row for row in rows_of("nbac_schedule", payload(SCHEDULE), SEASON_DAY, "2024-25")}
    wanted = {
        "0062400001": ("T-Mobile Arena", "Las Vegas", True),
        "0022400621": ("Accor Arena", "Paris", True),
        "0022400795": ("Moody Center", "Austin", False),
        "0022400561": ("Wells Fargo Center", "Philadelphia", False),
    }
    found = {game: tuple(games[game][name] for name in ("arena_name", "arena_city", "is_neutral")) for game in wanted}
    assert found == wanted


@pytest.mark.slow
def test_travel_after_the_cup_final(partner: Partner) -> None:
    """All games of 2024-25 that count have a place, and the finalists travel on from Las Vegas."""
    from backcourt.processors.registry import select

    assert partner.load(SOURCE["nbac_schedule"], SEASON_DAY, payload(SCHEDULE), "2024-25").exit_code == 0
    assert partner.rows(
        "SELECT place_basis, COUNT(*) FROM nba_raw.nbac_schedule WHERE season_type NOT IN ('Pre Season', 'All-Star') "
        "GROUP BY 1"
    ) == [("arena", 1321)]
    (processor,) = select(tables=("UTGC",))
    values = {"start_date": date(2024, 12, 14), "end_date": date(2024, 12, 20), "opening_day": date(2024, 10, 22)}
    with partner.warehouse.write() as session:
        stage = session.stage_query("utgc", processor.staged_sql, values)
        found = session.rows(
            f"SELECT game_date, team_abbr, travel_miles FROM {stage} WHERE team_abbr IN ('MIL', 'OKC') "
            "ORDER BY team_abbr, game_date"
        )
    # Great circles: Milwaukee to Las Vegas 1,521 miles, on to Cleveland 1,821; Oklahoma City 984, on to Orlando 2,035.
    miles = {(str(day), team): travel for day, team, travel in found}
    assert miles["2024-12-14", "MIL"] == pytest.approx(1521, abs=8)
    assert miles["2024-12-17", "MIL"] == miles["2024-12-17", "OKC"] == 0
    assert miles["2024-12-20", "MIL"] == pytest.approx(1821, abs=10)
    assert miles["2024-12-14", "OKC"] == pytest.approx(984, abs=8)
    assert miles["2024-12-19", "OKC"] == pytest.approx(2035, abs=12)
