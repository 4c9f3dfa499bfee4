"""Ball Don't Lie: box scores in both shapes, standings, active players, injuries.

Every answer is an object with a list ``data``; answers that come in pages may also be kept together as a list of such
objects. Teams carry the service's own ids, which number the 30 teams by city.
"""

from __future__ import annotations

from typing import Any

from backcourt.catalog.teams import source_code_of
from backcourt.sources.feed import kinds
from backcourt.sources.parsers import values
from backcourt.sources.parsers.values import Cells, words
from backcourt.sources.source import About, Parsed, json_of, take, wrong_shape

_COUNTS = {
    "fgm": "fgm",
    "fga": "fga",
    "fg3m": "fg3m",
    "fg3a": "fg3a",
    "ftm": "ftm",
    "fta": "fta",
    "oreb": "oreb",
    "dreb": "dreb",
    "reb": "reb",
    "ast": "ast",
    "stl": "stl",
    "blk": "blk",
    "turnover": "tov",
    "pf": "pf",
    "pts": "pts",
}
COUNTED = tuple(_COUNTS.values())
"""The counting part of a line, in the feed's names."""
BOXSCORES = kinds(
    text="season home away team player_name minutes status landed_from",
    whole=f"bdl_player_id bdl_game_id home_score away_score {' '.join(COUNTED)}",
    flag="is_postseason",
    date="game_date",
)
"""Columns of the feed of box scores."""
STANDINGS = kinds(
    text="season team conference division home_record road_record conference_record division_record landed_from",
    whole="wins losses conference_rank division_rank",
    date="as_of_date",
)
"""Columns of the feed of standings."""
ACTIVE = kinds(
    text="season player_name team position jersey_number landed_from",
    whole="bdl_player_id draft_year",
    date="as_of_date",
)
"""Columns of the feed of active players."""
INJURIES = kinds(
    text="season player_name team injury_status return_date_text description landed_from",
    whole="bdl_player_id",
    date="as_of_date",
)
"""Columns of the feed of injuries."""

_BY_ID = (
    *("ATL", "BOS", "BKN", "CHA", "CHI", "CLE", "DAL", "DEN", "DET", "GSW", "HOU", "IND", "LAC", "LAL", "MEM"),
    *("MIA", "MIL", "MIN", "NOP", "NYK", "OKC", "ORL", "PHI", "PHX", "POR", "SAC", "SAS", "TOR", "UTA", "WAS"),
)
"""The teams in the order of the service's ids, which begin at 1."""
_GUESTS = "games with a side that is not one of the 30 teams"
_TEAM = words("id conference division city name full_name abbreviation")
_PERSON = {"id": "bdl_player_id", "first_name": "first_name", "last_name": "last_name"}
_PERSON_IGNORED = words(
    "position height weight jersey_number college country draft_year draft_round draft_number team_id team"
)
_GAME = {
    "id": "bdl_game_id",
    "date": "game_date",
    "season": "season",
    "status": "status",
    "postseason": "is_postseason",
    "home_team_score": "home_score",
    "visitor_team_score": "away_score",
}
_GAME_IGNORED = words("period time datetime home_team visitor_team home_team_id visitor_team_id ist_stage") | {
    f"{side}_{part}"
    for side in ("home", "visitor")
    for part in ("q1", "q2", "q3", "q4", "ot1", "ot2", "ot3", "timeouts_remaining", "in_bonus")
}
_STANDING = words("conference_rank division_rank wins losses conference_record division_record home_record road_record")
_LINE = {"min": "minutes", **_COUNTS}
_LINE_IGNORED = frozenset({"id", "fg_pct", "fg3_pct", "ft_pct", "player", "team", "game"})


def parse_boxscores(data: bytes, about: About) -> Parsed:
    """Player lines of a date's games, from the service's box scores or from its statistics.

    Args:
        data: The payload: games with their players, or players with their game.
        about: Where it came from; its day is the games'.

    Raises:
        InputFileError: If it is not JSON of either shape, holds a value of another type, or is about another date.
    """
    cells, parsed = Cells(about), Parsed()
    for where, entry in _entries(json_of(data, about), cells, parsed):
        if "player" in entry:
            _stat(entry, where, cells, parsed)
        else:
            _box(entry, where, cells, parsed)
    others = {str(row["game_date"]) for row in parsed.rows if row["game_date"] != about.day}
    if others:
        raise wrong_shape(about, f"it holds a game of {min(others)}, not of {about.day}")
    return parsed


def parse_standings(data: bytes, about: About) -> Parsed:
    """The standings on the day they were fetched.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    for where, entry in _entries(json_of(data, about), cells, parsed):
        team = cells.record(entry.get("team"), f"{where}.team")
        parsed.known(team, _TEAM, "data.team.")
        raw = take(entry, {name: name for name in _STANDING}, {"team", "season"}, parsed, "data.")
        raw |= {
            "season": cells.season(entry.get("season"), f"{where}.season"),
            "as_of_date": about.day,
            "team": _team(team, f"{where}.team", cells),
            "conference": team.get("conference"),
            "division": team.get("division"),
        }
        parsed.rows.append(cells.row(raw, STANDINGS, where))
    return _with(parsed, "wins", about)


def _with(parsed: Parsed, name: str, about: About) -> Parsed:
    """The same, if any entry has what every entry of the list must have: another list of the service is refused.

    Raises:
        InputFileError: If none has.
    """
    if parsed.rows and all(row[name] is None for row in parsed.rows):
        raise wrong_shape(about, f"none of its {len(parsed.rows)} entries has {name}: it is a different list")
    return parsed


def parse_active_players(data: bytes, about: About) -> Parsed:
    """Players on a roster on the day the list was fetched.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    mapping = {**_PERSON, "position": "position", "jersey_number": "jersey_number", "draft_year": "draft_year"}
    for where, entry in _entries(json_of(data, about), cells, parsed):
        raw = take(entry, mapping, _PERSON_IGNORED, parsed, "data.")
        team = entry.get("team")
        if team is not None:
            parsed.known(cells.record(team, f"{where}.team"), _TEAM, "data.team.")
            team = _team(team, f"{where}.team", cells)
        raw["team"] = team
        raw |= {"season": cells.season(None, where), "as_of_date": about.day}
        parsed.rows.append(cells.row(raw | {"player_name": _name(entry, where, cells)}, ACTIVE, where))
    return _with(parsed, "player_name", about)


def parse_injuries(data: bytes, about: About) -> Parsed:
    """Injured players on the day the list was fetched.

    Raises:
        InputFileError: If it is not JSON of that shape or holds a value of another type.
    """
    cells, parsed = Cells(about), Parsed()
    mapping = {"status": "injury_status", "return_date": "return_date_text", "description": "description"}
    for where, entry in _entries(json_of(data, about), cells, parsed):
        person = cells.record(entry.get("player"), f"{where}.player")
        raw = take(entry, mapping, {"player"}, parsed, "data.")
        raw |= take(person, _PERSON, _PERSON_IGNORED, parsed, "data.player.")
        raw["team"] = _team_of_id(person.get("team_id"), f"{where}.player.team_id", cells)
        raw |= {"season": cells.season(None, where), "as_of_date": about.day}
        parsed.rows.append(cells.row(raw | {"player_name": _name(person, where, cells)}, INJURIES, where))
    return parsed


def _entries(payload: object, cells: Cells, parsed: Parsed) -> list[tuple[str, dict[str, Any]]]:
    """The entries of all pages, each with its place."""
    found: list[tuple[str, dict[str, Any]]] = []
    for before, page in cells.pages(payload, "data"):
        parsed.known(page, {"data", "meta"})
        for place, entry in enumerate(page["data"]):
            where = f"{before}data[{place}]"
            found.append((where, cells.record(entry, where)))
        meta = page.get("meta")
        cursor = meta.get("next_cursor") if isinstance(meta, dict) else None
        parsed.more = "" if cursor is None else "the page after its last one is not in it"
    return found


def _box(game: dict[str, Any], where: str, cells: Cells, parsed: Parsed) -> None:
    """A game with the players of both sides."""
    common = take(game, _GAME, _GAME_IGNORED, parsed, "data.")
    sides: dict[str, dict[str, Any]] = {}
    for side, name in (("home", "home_team"), ("away", "visitor_team")):
        sides[side] = cells.record(game.get(name), f"{where}.{name}")
        parsed.known(sides[side], _TEAM | {"players"}, f"data.{name}.")
    if _are_guests(parsed, game, *(team.get("id") for team in sides.values())):
        return
    common |= {side: _team(team, where, cells) for side, team in sides.items()}
    for side, team in sides.items():
        # A game that has not begun has no players yet.
        for place, line in enumerate(cells.records(team.get("players") or [], f"{where}.{side}.players")):
            person = cells.record(line.get("player"), f"{where}.{side}.players[{place}].player")
            here = f"{where}.{side}.players[{place}]"
            _line(line, person, {**common, "team": common[side]}, (cells, parsed, here))


def _stat(line: dict[str, Any], where: str, cells: Cells, parsed: Parsed) -> None:
    """A player's line with his game, whose teams are told by id."""
    game = cells.record(line.get("game"), f"{where}.game")
    common = take(game, _GAME, _GAME_IGNORED, parsed, "data.game.")
    if _are_guests(parsed, game, game.get("home_team_id"), game.get("visitor_team_id")):
        return
    common["home"] = _team_of_id(game.get("home_team_id"), f"{where}.game.home_team_id", cells)
    common["away"] = _team_of_id(game.get("visitor_team_id"), f"{where}.game.visitor_team_id", cells)
    team = cells.record(line.get("team"), f"{where}.team")
    parsed.known(team, _TEAM, "data.team.")
    person = cells.record(line.get("player"), f"{where}.player")
    _line(line, person, {**common, "team": _team(team, where, cells)}, (cells, parsed, where))


def _are_guests(parsed: Parsed, game: dict[str, Any], *teams: object) -> bool:
    """True for a game with a side that is not one of the 30 teams by its id, such as an All-Star game; it is noted."""
    if not any(isinstance(team, int) and team > len(_BY_ID) for team in teams):
        return False
    name = f"{game.get('id')} of {game.get('date')}"[:80]
    if name not in parsed.left_out.get(_GUESTS, ()):
        parsed.leave_out(_GUESTS, name)
    return True


def _line(
    line: dict[str, Any], person: dict[str, Any], common: dict[str, Any], tools: tuple[Cells, Parsed, str]
) -> None:
    cells, parsed, where = tools
    raw = common | take(line, _LINE, _LINE_IGNORED, parsed, "line.")
    raw |= take(person, _PERSON, _PERSON_IGNORED, parsed, "player.") | {"player_name": _name(person, where, cells)}
    day = cells.day(raw["game_date"], f"{where}.date")
    raw["season"] = cells.season(raw["season"], f"{where}.season", day)
    # Minutes of 0 with a count beside them are a rounded fraction of a minute.
    minutes, is_no_time = raw["minutes"], values.is_no_time(raw["minutes"])
    whole = isinstance(minutes, float) and minutes.is_integer()
    row = cells.row(raw | {"minutes": int(minutes) if whole else minutes}, BOXSCORES, where)
    if is_no_time and not any(row[name] for name in COUNTED):
        row |= dict.fromkeys(("minutes", *COUNTED))
    parsed.rows.append(row)


def _name(person: dict[str, Any], where: str, cells: Cells) -> str:
    parts = (cells.text(person.get(name), f"{where}.{name}") for name in ("first_name", "last_name"))
    return " ".join(filter(None, parts))


def _team(team: dict[str, Any], where: str, cells: Cells) -> str | None:
    """The tricode of a team's object."""
    code = cells.text(team.get("abbreviation"), f"{where}.abbreviation")
    return source_code_of(code) if code else None


def _team_of_id(value: object, where: str, cells: Cells) -> str | None:
    """The tricode of a team's id; an id of no team comes out as text, which a rule holds back."""
    number = cells.whole(value, where)
    if number is None:
        return None
    return _BY_ID[number - 1] if 1 <= number <= len(_BY_ID) else f"id {number}"
