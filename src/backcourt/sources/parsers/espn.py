"""ESPN: the scoreboard, the box score and the roster of a team, from its API and from the data inside its pages."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from backcourt.catalog.teams import source_code_of
from backcourt.errors import InputFileError
from backcourt.sources.feed import kinds
from backcourt.sources.parsers.values import Cells, is_no_time, words
from backcourt.sources.source import About, Parsed, json_of, take, wrong_shape

SCOREBOARD = kinds(
    text="season status_text home away venue_name venue_city landed_from",
    whole="espn_game_id game_status home_score away_score periods attendance",
    flag="is_neutral_site",
    date="game_date",
)
"""Columns of the feed of scoreboards."""
_COUNTS = {
    "points": "pts",
    "offensiveRebounds": "oreb",
    "defensiveRebounds": "dreb",
    "rebounds": "reb",
    "assists": "ast",
    "steals": "stl",
    "blocks": "blk",
    "turnovers": "tov",
    "fouls": "pf",
    "minutes": "minutes",
    "plusMinus": "plus_minus",
}
_PAIRS = {
    "fieldGoalsMade-fieldGoalsAttempted": ("fgm", "fga"),
    "threePointFieldGoalsMade-threePointFieldGoalsAttempted": ("fg3m", "fg3a"),
    "freeThrowsMade-freeThrowsAttempted": ("ftm", "fta"),
}
BOXSCORE = kinds(
    text="season home away team player_name dnp_reason state landed_from",
    whole="espn_player_id espn_game_id home_score away_score fgm fga fg3m fg3a ftm fta " + " ".join(_COUNTS.values()),
    flag="is_starter",
    date="game_date",
)
"""Columns of the feed of box scores."""
ROSTER = kinds(
    text="season team player_name position status landed_from",
    whole="espn_player_id scrape_hour",
    date="roster_date birth_date",
    time="scraped_at",
)
"""Columns of the feed of rosters."""

_PLAYED = tuple(
    name for name in (*_COUNTS.values(), *(part for pair in _PAIRS.values() for part in pair)) if name != "minutes"
)
"""What a line says beside the minutes."""

_LEAGUE = re.compile(r"(?:^|~)l:(\d{1,6})(?:~|$)")
_NBA = "46"
_PAGE = re.compile(r"window\['__espnfitt__'\]\s*=\s*")
_STATES = {"pre": 1, "in": 2}
_DONE = 3
_EVENT = words("id uid date name shortName season week competitions links weather status")
_PRE_SEASON, _ALL_STAR = 1, "ALLSTAR"
"""What the service calls seasons and games of which no table holds anything."""
_COMPETITION = words(
    "id uid date attendance type timeValid neutralSite conferenceCompetition playByPlayAvailable recent venue "
    "competitors notes status broadcasts geoBroadcasts broadcast format startDate leaders headlines highlights odds "
    "tickets situation series tournamentId dateValid wasSuspended"
)
_COMPETITOR = words(
    "id uid type order homeAway winner team score linescores statistics leaders records record probables curatedRank"
)
_STATUS = words("clock displayClock period type")
_STATUS_TYPE = words("id name state completed description detail shortDetail altDetail")
_VENUE = words("id fullName address indoor")
_ADDRESS = words("city state zipCode country")
_TEAM = words(
    "id uid slug location name abbreviation displayName shortDisplayName color alternateColor isActive venue links "
    "logo logos record athletes groups franchise nextEvent standingSummary"
)
_STRIP = words(
    "bxscrSrc config dt gid hasWinner isConferenceGame isTdy lgId nm possAvail seasonType status statusState tbd tms "
    "tmsOrdrd uid"
)
_STRIP_STATUS = words("desc det id state statusPrimary")
_STRIP_TEAM = words(
    "abbrev acsblClr altColor calculatedLinescores displayName gmStrpClrV4 guid id isHome linescores links location "
    "logo logoDk logoMd ltMdAcsblClr recordSummary recordSupplemental recordTotal records score shortDisplayName "
    "standingSummary teamColor uid winner"
)
_SIDE = words("tm stats")
_SIDE_TEAM = words("abbrev dspNm hm id logo nm")
_GROUP = words("athlts keys lbls type ttls pcts")
_LINE = words("stats athlt dnpRsn")
_ATHLETE = words("id guid lnk uid jersey shrtNm dspNm")
_API_ATHLETE = words(
    "uid guid type alternateIds firstName lastName displayName shortName weight displayWeight height displayHeight age "
    "debutYear links birthPlace citizenship college slug headshot jersey injuries linked teams experience "
    "collegeAthlete active contract eventLog draft hand flag"
)
_POSITION = words("id name displayName abbreviation leaf parent")
_STATE = words("id name type abbreviation")
_PAGE_ROSTER = words("athletes coach metadata news sbpg team teams")
_PAGE_TEAM = words(
    "abbrev altColor displayName id links location logo recordSummary shortDisplayName standingSummary teamColor uid"
)
_PAGE_ATHLETE = words(
    "shortName href uid guid height weight age jersey salary headshot lastName experience college injuries hand"
)


def parse_scoreboard(data: bytes, about: About) -> Parsed:
    """The games of a scoreboard.

    Args:
        data: The API's answer.
        about: Where it came from.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    payload, cells, parsed = json_of(data, about), Cells(about), Parsed()
    if not isinstance(payload, dict) or not isinstance(payload.get("events"), list):
        raise wrong_shape(about, "it has no list events")
    parsed.known(payload, {"leagues", "events", "season", "day", "provider"})
    for place, event in enumerate(cells.records(payload["events"], "events")):
        parsed.known(event, _EVENT, "events.")
        _of_the_nba(event, about)
        where = f"events[{place}].competitions"
        for game in cells.records(event.get("competitions"), where):
            if _is_exhibition(event, game):
                parsed.leave_out("exhibition games", event.get("shortName") or event.get("id"))
                continue
            parsed.rows.append(_game(event, game, (cells, parsed, where)))
    return parsed


def _is_exhibition(event: dict[str, Any], game: dict[str, Any]) -> bool:
    """True for a game of pre-season or All-Star weekend, which the service names."""
    season, kind = event.get("season"), game.get("type")
    return (isinstance(season, dict) and season.get("type") == _PRE_SEASON) or (
        isinstance(kind, dict) and kind.get("abbreviation") == _ALL_STAR
    )


def _of_the_nba(record: dict[str, Any], about: About) -> None:
    """Refuse what is of another league, as the id that it has across ESPN says.

    Raises:
        InputFileError: If it is.
    """
    league = _LEAGUE.search(str(record.get("uid")))
    if league and league[1] != _NBA:
        raise wrong_shape(about, f"it is of league {league[1]} of ESPN, not of the NBA ({_NBA})")


def _game(event: dict[str, Any], game: dict[str, Any], tools: tuple[Cells, Parsed, str]) -> dict[str, Any]:
    cells, parsed, where = tools
    parsed.known(game, _COMPETITION, "competitions.")
    status = cells.record(game.get("status"), f"{where}.status")
    kind = cells.record(status.get("type"), f"{where}.status.type")
    parsed.known(status, _STATUS, "competitions.status.")
    parsed.known(kind, _STATUS_TYPE, "competitions.status.type.")
    state = cells.text(kind.get("state"), f"{where}.status.type.state")
    code = _STATES.get(state or "")
    if state == "post":
        # A game that was put off is over for the scoreboard, too.
        code = _DONE if kind.get("completed") is True else _STATES["pre"]
    day = cells.game_day(game.get("date"), f"{where}.date")
    # Before tip-off the scoreboard prints a score of 0 and a crowd of 0.
    begun = code != _STATES["pre"]
    venue = cells.record(game.get("venue") or {}, f"{where}.venue")
    address = cells.record(venue.get("address") or {}, f"{where}.venue.address")
    parsed.known(venue, _VENUE, "competitions.venue.")
    parsed.known(address, _ADDRESS, "competitions.venue.address.")
    raw = {
        "season": _season_of_games(event.get("season"), day, cells, where),
        "game_date": day,
        "espn_game_id": event.get("id"),
        "game_status": code,
        "status_text": kind.get("shortDetail"),
        "periods": status.get("period") if begun else None,
        "venue_name": venue.get("fullName"),
        "venue_city": address.get("city"),
        "is_neutral_site": game.get("neutralSite"),
        "attendance": game.get("attendance") if begun else None,
    }
    for side in cells.records(game.get("competitors"), f"{where}.competitors"):
        parsed.known(side, _COMPETITOR, "competitors.")
        name = cells.text(side.get("homeAway"), f"{where}.competitors.homeAway")
        if name not in {"home", "away"} or name in raw:
            raise wrong_shape(cells.about, f"{where} has no home and away side")
        team = cells.record(side.get("team"), f"{where}.team")
        parsed.known(team, _TEAM, "competitors.team.")
        raw[name] = _team(team.get("abbreviation"), cells, where)
        raw[f"{name}_score"] = side.get("score") if begun else None
    return cells.row(raw, SCOREBOARD, where)


def parse_boxscore(data: bytes, about: About) -> Parsed:
    """The player lines of a game, from the data inside its page.

    Only the box score is read; whatever else the page shows (news, standings, other games) is not read.

    Args:
        data: The page.
        about: Where it came from.

    Raises:
        InputFileError: If the page holds no box score, or a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    page = _content(data, cells)
    package = cells.record(page.get("gamepackage"), "gamepackage")
    strip = cells.record(package.get("gmStrp"), "gmStrp")
    status = cells.record(strip.get("status"), "gmStrp.status")
    parsed.known(strip, _STRIP, "gmStrp.")
    _of_the_nba(strip, about)
    parsed.known(status, _STRIP_STATUS, "gmStrp.status.")
    day = cells.game_day(strip.get("dt"), "gmStrp.dt")
    common: dict[str, Any] = {
        "espn_game_id": strip.get("gid"),
        "game_date": day,
        "season": cells.season(None, "gmStrp.dt", day),
        "state": status.get("state"),
    }
    for entry in cells.records(strip.get("tms"), "gmStrp.tms"):
        parsed.known(entry, _STRIP_TEAM, "gmStrp.tms.")
        side = "home" if cells.flag(entry.get("isHome"), "gmStrp.tms.isHome") else "away"
        common |= {side: _team(entry.get("abbrev"), cells, "gmStrp.tms"), f"{side}_score": entry.get("score")}
    for place, side_of in enumerate(cells.records(package.get("bxscr"), "bxscr")):
        where = f"bxscr[{place}]"
        parsed.known(side_of, _SIDE, "bxscr.")
        named = cells.record(side_of.get("tm"), f"{where}.tm")
        parsed.known(named, _SIDE_TEAM, "bxscr.tm.")
        team = _team(named.get("abbrev"), cells, where)
        for group in cells.records(side_of.get("stats"), f"{where}.stats"):
            parsed.known(group, _GROUP, "bxscr.stats.")
            _group(group, {**common, "team": team}, (cells, parsed, f"{where}.stats"))
    if not parsed.rows:
        raise wrong_shape(about, "it has no player's line")
    return parsed


def _group(group: dict[str, Any], common: dict[str, Any], tools: tuple[Cells, Parsed, str]) -> None:
    """Starters, bench, or the team's totals, which have no athletes."""
    cells, parsed, where = tools
    if group.get("athlts") is None and "ttls" in group:
        return
    names = [cells.text(name, f"{where}.keys") or "" for name in cells.array(group.get("keys"), f"{where}.keys")]
    parsed.known(names, {*_COUNTS, *_PAIRS}, "bxscr.stats.keys.")
    for place, line in enumerate(cells.records(group.get("athlts"), f"{where}.athlts")):
        here = f"{where}.athlts[{place}]"
        parsed.known(line, _LINE, "athlts.")
        person = cells.record(line.get("athlt"), f"{here}.athlt")
        parsed.known(person, _ATHLETE, "athlts.athlt.")
        values = cells.array(line.get("stats") or [], f"{here}.stats")
        if values and len(values) != len(names):
            raise wrong_shape(cells.about, f"{here} has {len(values)} values for {len(names)} columns")
        raw = {
            **common,
            **_counts(dict(zip(names, values, strict=False)), cells, here),
            "player_name": person.get("dspNm"),
            "espn_player_id": person.get("id"),
            "is_starter": group.get("type") == "starters",
            "dnp_reason": line.get("dnpRsn"),
        }
        no_time = is_no_time(raw.get("minutes"))
        row = cells.row(raw | ({"minutes": 0} if no_time and raw.get("minutes") is not None else {}), BOXSCORE, here)
        if no_time and not any(row[name] for name in _PLAYED):
            # A man who did not play; minutes of 0 with anything beside them are a rounded fraction of a minute.
            row |= dict.fromkeys(("minutes", *_PLAYED))
        parsed.rows.append(row)


def _counts(values: dict[str, object], cells: Cells, where: str) -> dict[str, object]:
    """The counts of a line by their names in the feed; "--" stands for none."""
    found: dict[str, object] = {}
    for name, value in values.items():
        plain = None if isinstance(value, str) and not value.strip("- ") else value
        if name in _PAIRS:
            made, _, tried = (cells.text(plain, f"{where}.{name}") or "").partition("-")
            found |= dict(zip(_PAIRS[name], (made or None, tried or None), strict=True))
        elif name in _COUNTS:
            found[_COUNTS[name]] = plain
    return found


def parse_team_roster(data: bytes, about: About) -> Parsed:
    """A team's roster at the hour it was fetched, from the API's answer or from the data inside the team's page.

    Args:
        data: The answer or the page.
        about: Where it came from; its day and the hour of its receipt are the snapshot's.

    Raises:
        InputFileError: If it has neither shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    if data.lstrip()[:1] == b"<":
        roster = cells.record(_content(data, cells).get("roster"), "roster")
        team, people = cells.record(roster.get("team"), "roster.team"), roster.get("athletes")
        parsed.known(roster, _PAGE_ROSTER, "roster.")
        parsed.known(team, _PAGE_TEAM, "roster.team.")
        code, read = team.get("abbrev"), _page_athlete
    else:
        payload = cells.record(json_of(data, about), "the answer")
        team = cells.record(payload.get("team"), "team")
        parsed.known(payload, {"team"})
        parsed.known(team, _TEAM, "team.")
        code, people, read = team.get("abbreviation"), team.get("athletes"), _api_athlete
    _of_the_nba(team, about)
    common = {
        "season": cells.season(None, "roster"),
        "roster_date": about.day,
        "scrape_hour": about.received.hour,
        "scraped_at": about.received,
        "team": _team(code, cells, "team"),
    }
    for place, person in enumerate(cells.records(people, "athletes")):
        where = f"athletes[{place}]"
        parsed.rows.append(cells.row({**common, **read(person, (cells, parsed, where))}, ROSTER, where))
    return parsed


def _api_athlete(person: dict[str, Any], tools: tuple[Cells, Parsed, str]) -> dict[str, Any]:
    cells, parsed, where = tools
    mapping = {"id": "espn_player_id", "fullName": "player_name", "dateOfBirth": "birth_date"}
    raw = take(person, mapping, _API_ATHLETE | {"position", "status"}, parsed, "athletes.")
    position = cells.record(person.get("position") or {}, f"{where}.position")
    status = cells.record(person.get("status") or {}, f"{where}.status")
    parsed.known(position, _POSITION, "athletes.position.")
    parsed.known(status, _STATE, "athletes.status.")
    return raw | {"position": position.get("abbreviation"), "status": status.get("type")}


def _page_athlete(person: dict[str, Any], tools: tuple[Cells, Parsed, str]) -> dict[str, Any]:
    cells, parsed, where = tools
    mapping = {"id": "espn_player_id", "name": "player_name", "position": "position"}
    raw = take(person, mapping, _PAGE_ATHLETE | {"birthDate"}, parsed, "athletes.")
    return raw | {"birth_date": _born(cells, person.get("birthDate"), f"{where}.birthDate")}


def _born(cells: Cells, value: object, where: str) -> date | None:
    """A birth date as the page prints it, 10/24/96: a player of a current roster was born within the last 80 years."""
    plain = cells.text(value, where)
    if plain is None:
        return None
    try:
        month, day, year = (int(part) for part in plain.split("/"))
        newest = cells.about.day.year
        full = year if year > 99 else newest - (newest - year) % 100  # noqa: PLR2004 - two digits
        return date(full, month, day)
    except (ValueError, OverflowError) as error:
        raise cells.wrong(value, where, "no date") from error


def _content(data: bytes, cells: Cells) -> dict[str, Any]:
    """The data from which the page is drawn: JSON after an assignment in one of its scripts."""
    try:
        text = data.decode("utf-8")
        found = _PAGE.search(text)
        page = json.JSONDecoder().raw_decode(text, found.end())[0] if found else None
    except (ValueError, RecursionError) as error:
        raise InputFileError(
            f"{cells.about.path} is damaged: {str(error)[:80]!a}", next_step="fetch it again"
        ) from error
    if not isinstance(page, dict):
        raise wrong_shape(cells.about, "the page holds no data")
    return cells.record(cells.record(page.get("page"), "page").get("content"), "page.content")


def _season_of_games(season: object, day: date | None, cells: Cells, where: str) -> str:
    """ESPN names a season by the year in which it ends."""
    year = cells.whole(cells.record(season or {}, f"{where}.season").get("year"), f"{where}.season.year")
    return cells.season(None if year is None else year - 1, f"{where}.season", day)


def _team(code: object, cells: Cells, where: str) -> str | None:
    plain = cells.text(code, f"{where}.abbreviation")
    return source_code_of(plain) if plain else None
