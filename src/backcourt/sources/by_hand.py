"""Put a payload into the landing zone by hand: checked as a fetched one, under the name that loading looks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

from backcourt.calendar import Seasons, is_game_id, season_year, with_its_zeros
from backcourt.catalog.teams import TEAMS
from backcourt.errors import BackcourtError, InputFileError
from backcourt.files import read_whole, reason
from backcourt.sources.landing import LARGEST, Landed, Landing, checked, unpacked
from backcourt.sources.played import SERVICE_TYPES, Played
from backcourt.sources.source import About, Parsed, Source, read
from backcourt.sources.targets import keyed_by

_CODES = {team.bref_code: team.tricode for team in TEAMS} | {team.tricode: team.tricode for team in TEAMS}
_BY_ID = {team.team_id: team.tricode for team in TEAMS}
_SIDES = 2
_KINDS = tuple(said.replace(" ", "") for said in SERVICE_TYPES.values())


def put(
    source: Source,
    landing: Landing,
    file: Path,
    day: date,
    key: str,
    *,
    now: datetime,
    seasons: Seasons,
    received: datetime | None = None,
    played: Played | None = None,
) -> tuple[Landed, bool, Parsed]:
    """Keep a payload that came some other way; returns it, whether it is new, and what it holds.

    Its time is the one that is given, or else the one that it says of itself, or else now.

    Args:
        source: Its source.
        landing: Where to.
        file: The payload, packed with gzip or not.
        day: Date that it is about.
        key: Game, season or team that it is about; "" if the payload says it, or is the only one of a date or season.
        now: The time (UTC).
        seasons: Which season a date is of.
        received: When it was received (UTC), if that is known.
        played: The games of the schedule on that date, by which a source that knows none of their ids is told them.

    Raises:
        InputFileError: If it cannot be read, is about something else, or the key is not its own.
    """
    if not key and source.per == "game" and not (played and source.listing):
        raise InputFileError(
            f"{source.name} has a payload per game, and nothing says which one this is",
            next_step="name the game with --key",
        )
    if whole := with_its_zeros(key):
        raise InputFileError(
            f"the key {key[:40]!r} of {file} has lost its leading zeros", next_step=f"land it with --key {whole}"
        )
    chosen = checked(key or (seasons.of(day) if source.per == "season" else "date"))
    try:
        data = read_whole(file, LARGEST)
    except FileNotFoundError as error:
        raise InputFileError(f"{file} cannot be read: {reason(error)}") from error
    plain, about = unpacked(data, str(file)), About(chosen, day, received or now, str(file), seasons)
    parsed = read(source, plain, about)
    own = (_game(parsed, day, played) if source.per == "game" else "") or _own_key(source, parsed, about)
    if key and own != key:
        raise InputFileError(f"the key of {file} is not {key[:40]!r} but {own}", next_step=f"land it with --key {own}")
    if parsed.said and received and received < parsed.said:
        raise InputFileError(
            f"{file} says that it was made at {parsed.said:%Y-%m-%dT%H:%M:%SZ}, later than --received",
            next_step="leave --received out, or correct it",
        )
    at = received or min(parsed.said or now, now)
    if (own, at) != (about.key, about.received):
        parsed = read(source, plain, replace(about, key=own, received=at))
    packed = ".gz" if data.startswith(b"\x1f\x8b") else ""
    exact = received is not None or parsed.said is not None
    return *landing.store(source.name, day, own, data, f"{source.ext}{packed}", now=at, exact=exact), parsed


def _game(parsed: Parsed, day: date, played: Played | None) -> str:
    """The game of the only two teams that the rows name, or else of their id; "" if they name none, or several."""
    teams = {frozenset((row.get("home"), row.get("away"))) for row in parsed.rows if "home" in row and "away" in row}
    if not teams:
        teams = {frozenset(row.get("team_abbreviation") for row in parsed.rows)}
    named = {str(team) for team in (teams.pop() if len(teams) == 1 else ()) if team}
    found = played.of_teams(day, named) if played and len(named) == _SIDES else None
    ids = {str(row["game_id"]) for row in parsed.rows if row.get("game_id")}
    return found.game_id if found else ids.pop() if len(ids) == 1 else ""


def _own_key(source: Source, parsed: Parsed, about: About) -> str:
    """The key that a fetched payload of the same content would have; the given one where the payload does not tell.

    Raises:
        InputFileError: If the given one can be no key of the source.
    """
    by = keyed_by(source)
    if by == "game":
        valid, own = is_game_id(about.key), about.key
        what = "the id of its game, ten digits"
    elif by == "date":
        return _moment(parsed) or "date"
    elif by == "kind":
        said = str(parsed.asked.get("SeasonType") or "").replace(" ", "")
        own = said or about.key
        valid, what = own in {*_KINDS, "date"}, f"the kind of its games: {', '.join(_KINDS)}"
    elif by == "team":
        own = _team(parsed) or _CODES.get(about.key, about.key)
        valid, what = own in _CODES, "the code of its team"
    else:
        labels = {str(row["season"]) for row in parsed.rows if row.get("season")}
        own = labels.pop() if len(labels) == 1 else about.key
        valid, what = _is_season(own), "its season, such as 2021-22"
    if not valid:
        raise InputFileError(
            f"{about.path}: {own[:40]!r} is not a key of {source.name}, which is {what}",
            next_step="name it with --key",
        )
    return own


def _moment(parsed: Parsed) -> str:
    """The time of day that a report prints, as "1530": a date has many of them; "" if it prints none."""
    times = {(row.get("report_hour"), row.get("report_minute")) for row in parsed.rows}
    hour, minute = times.pop() if len(times) == 1 else (None, None)
    return "" if hour is None or minute is None else f"{hour:02d}{minute:02d}"


def _is_season(text: str) -> bool:
    """True if a text is the label of a season."""
    try:
        season_year(text)
    except BackcourtError:
        return False
    return True


def _team(parsed: Parsed) -> str:
    """The code of the only team that the rows name; "" if they name none, or several."""
    named = {
        code
        for row in parsed.rows
        if (code := _BY_ID.get(row.get("team_id") or 0) or _CODES.get(str(row.get("team") or row.get("bref_team"))))
    }
    return named.pop() if len(named) == 1 else ""
