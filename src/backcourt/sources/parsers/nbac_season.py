"""A season's wide answers (LeagueGameLog of teams and of players, ShotChartDetail), read as far as judging them needs.

Their rows go into tables by their layout, together: here is told only which games and teams they hold, with how many
points and attempts, and that they are about nothing else.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from backcourt.calendar import is_game_id, season_of_game
from backcourt.sources.parsers import nbac_player_boxscore, nbac_shot_chart
from backcourt.sources.parsers.nbac_common import CODES, day_of, object_of, result_set, text_of, whole_of
from backcourt.sources.parsers.values import words
from backcourt.sources.source import About, Parsed, wrong_shape

KINDS: Mapping[str, str] = {"RegularSeason": "002", "PlayIn": "005", "Playoffs": "004", "IST": "006"}
"""How the ids of games begin, by the kind of games as the statistics service names it, without the blank."""
_PLAYER_FIELDS = frozenset(nbac_player_boxscore.FIELDS)
_TEAM_FIELDS = _PLAYER_FIELDS - words("PLAYER_ID PLAYER_NAME")
_SHOT_FIELDS = frozenset(nbac_shot_chart.FIELDS)


def kind_of(key: str) -> str:
    """The kind of games that a payload is about: "Playoffs" of "Playoffs", "RegularSeason" of "BOS-RegularSeason"."""
    return key.rpartition("-")[2]


def team_of(key: str) -> str:
    """Today's code of the team that a payload is about; "" if it is about the whole league."""
    return key.rpartition("-")[0]


def parse_team_log(data: bytes, about: About) -> Parsed:
    """A line per team and game: game_id, game_date, team, pts and fga.

    Args:
        data: The payload.
        about: Where it came from; its key is the kind of games, its day one of the season.

    Raises:
        InputFileError: If it is not JSON, has no such result set, or a game of another season or kind.
    """
    return _parsed(data, about, "LeagueGameLog", _TEAM_FIELDS, ())


def parse_player_log(data: bytes, about: About) -> Parsed:
    """A line per player and game, as ``parse_team_log`` has them."""
    return _parsed(data, about, "LeagueGameLog", _PLAYER_FIELDS, (), of="PLAYER_ID")


def parse_shots(data: bytes, about: About) -> Parsed:
    """A row per field-goal attempt: game_id and team; the key may name the team.

    Raises:
        InputFileError: As for ``parse_team_log``, or if it has shots of another team.
    """
    return _parsed(data, about, "Shot_Chart_Detail", _SHOT_FIELDS, ("LeagueAverages",), of="GAME_EVENT_ID")


def _parsed(
    data: bytes, about: About, name: str, needed: Collection[str], others: Collection[str], of: str = ""
) -> Parsed:
    """The lines of a result set, each once; ``of`` is the field that tells those of a game and team apart."""
    parsed = Parsed()
    lines = result_set(object_of(data, about), name, needed, about, parsed, set(others))
    seen = set()
    # A game and a team stand in many lines: each pair is looked at once.
    places: dict[tuple[str, str, str], tuple[str, date | None, str]] = {}
    for line in lines:
        raw = str(line["GAME_ID"]), str(line["TEAM_ID"]), str(line.get("GAME_DATE"))
        game, day, code = places.get(raw) or places.setdefault(raw, _place(line, about))
        seen.add((game, code, str(line[of]) if of else ""))
        points, tried = _count(line.get("PTS")), _count(line.get("FGA"))
        parsed.rows.append({"game_id": game, "game_date": day, "team": code, "pts": points, "fga": tried})
    if len(seen) < len(lines):
        parsed.more = f"{len(lines) - len(seen):,} of its {len(lines):,} lines repeat another"
    return parsed


def _place(line: Mapping[str, Any], about: About) -> tuple[str, date | None, str]:
    """Game, its date and the team's code of a line; refuse what the answer should not be about.

    Raises:
        InputFileError: If the game is of another season or kind, or the team another one.
    """
    game, season, team = text_of(line["GAME_ID"]) or "", about.season(), team_of(about.key)
    begins = KINDS.get(kind_of(about.key), "")
    if not is_game_id(game) or not game.startswith(begins) or season_of_game(game) != season:
        only = f"{kind_of(about.key)} of {season}"
        raise wrong_shape(about, f"it has game {ascii(game)[1:-1][:20] or 'without id'}, not only {only}")
    code = CODES.get(whole_of(line["TEAM_ID"]) or 0, "")
    if team and code != team:
        raise wrong_shape(about, f"it is about {code or 'an unknown team'}, not only about {team}")
    return game, day_of(line.get("GAME_DATE")), code


def _count(value: object) -> int:
    return value if type(value) is int else whole_of(value) or 0
