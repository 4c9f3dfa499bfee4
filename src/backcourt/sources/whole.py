"""What a payload must hold to be whole, and what of it is missing, by the games that the stored schedule says are over.

Fetch, load and `land` ask here, so that an answer is complete by one measure. What is not whole is kept in the landing
zone, takes nothing away from what is stored, and is asked for again.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import pairwise
from typing import Any, Literal

from backcourt.calendar import season_label, season_year
from backcourt.catalog.teams import TEAMS
from backcourt.sources.played import Game

EVERYTHING = "*"
"""Rows are compared with all that are stored."""
_SHOWN = 5
"""Games that a sentence names."""
ATTEMPTS_OFF = 1
"""Attempts by which a real shot chart and the box score of a team differ at most (three of 9,840 in four seasons)."""
_SCORES = ("away_score", "home_score")
"""Columns of the score of a game, where a row is about both teams."""
_MOST_POINTS = 3
"""Points that one event makes."""
_CODES: Mapping[object, str] = {team.team_id: team.tricode for team in TEAMS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What the payloads of a source must hold.

    Attributes:
        of: What the measure is: the final games of its date, of its season, or its own game, by the schedule; a number
            of rows for each of the league's teams, or in all; "" if nothing can be said.
        side: Column of the rows with the team, code or id; every game must have rows of both. "" if there is none.
        state: Column that says whether a game is over; "" if there is none.
        final: How the text of that column begins if it is.
        put_off: What it says if a game was put off; "" if it never does.
        points: Column with the points of a team, or of its players: all of them make its score; "" if there is none.
        attempts: True if the rows are a team's field-goal attempts, as many as the stored box score has.
        period_end: Column and value by which an event ends a period: the rows are events, of every period and with the
            final score. None if they are not events.
        fewest: Rows, of each team or in all.
        in_season: The same from the first game of the season to its end; 0 if it makes no difference.
        begins: Date on or before which the list's first row is, and no season since is without a row; None if nobody
            knows.
        begins_by: Column of the date that this is said of.
        stored_by: Column of the table by whose values rows are compared with those that are stored: a team, or the
            season; ``EVERYTHING`` if they are compared as one list, "" if by game, or not at all.
        share: Fraction (0..1) of the rows stored of its game, of a moment of its game, of a team, a season or in all,
            below which it is a part of them; 0 if fewer rows say nothing.
    """

    of: Literal["game", "date", "season", "teams", "rows", ""] = ""
    side: str = ""
    state: str = ""
    final: str = "3"
    put_off: str = ""
    points: str = ""
    attempts: bool = False
    period_end: tuple[str, object] | None = None
    fewest: int = 1
    in_season: int = 0
    begins: date | None = None
    begins_by: str = ""
    stored_by: str = ""
    share: float = 0.0

    @property
    def in_words(self) -> str:
        """What a payload must hold, in words: the rest of "a whole payload holds ..."."""
        many = f"at least {self.fewest} rows" if self.fewest > 1 else "at least a row"
        many += f" ({self.in_season} from the season's first game to its end)" if self.in_season else ""
        measures = {
            "game": "its game",
            "date": "every game of its date that the schedule has as over",
            "season": "every game of its season that the schedule has as over",
            "teams": f"{many} for each of the 30 teams",
            "rows": many,
            "": "nothing in particular",
        }
        more = {
            "rows of both teams": self.side and self.by_games,
            "all points of both teams": self.points,
            "as many field-goal attempts of a team as its box score, give or take one": self.attempts,
            "events up to the end of the last period, with the final score": self.period_end,
            "the word that a game is over, and a score if it has room for one": self.state,
            f"the list's beginning in {self.begins:%B %Y} and something of every season since" if self.begins else "": (
                self.begins
            ),
            f"{self._share_of} stored of {self._stored_of}": self.share,
        }
        return ", ".join([measures[self.of], *(words for words, is_asked in more.items() if is_asked)])

    @property
    def _share_of(self) -> str:
        """How many of the rows that are stored it must hold, in words."""
        return "no fewer rows than are" if self.share == 1 else f"at least {self.share:.0%} of the rows that are"

    @property
    def _stored_of(self) -> str:
        """Of what the rows are compared with those that are stored, in words."""
        return {"": "its game", "season_year": "its season", EVERYTHING: "the list"}.get(
            self.stored_by, "its team in that season"
        )

    @property
    def by_games(self) -> bool:
        """True if games are its measure."""
        return self.of in {"game", "date", "season"}

    @property
    def after(self) -> bool:
        """True if a payload about one game is about a game that is over."""
        return self.of == "game" and bool(self.side or self.attempts or self.period_end)


NOTHING_SAID = Whole()
"""No measure."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is missing.

    Attributes:
        absent: Games that are over, and of which the payload holds nothing.
        parts: What is wrong with what it holds of a game, by game id; such a game is held back.
        lacking: What else it lacks; "" if nothing.
        games: How many games it should hold.
    """

    absent: tuple[str, ...] = ()
    parts: Mapping[str, str] = field(default_factory=dict)
    lacking: str = ""
    games: int = 0

    @property
    def is_whole(self) -> bool:
        """True if nothing is missing."""
        return not (self.absent or self.parts or self.lacking)

    def __str__(self) -> str:
        """What is missing, in one line."""
        said = [self.lacking] if self.lacking else []
        if self.absent:
            named = ", ".join(self.absent[:_SHOWN])
            more = f" and {len(self.absent) - _SHOWN:,} more" if len(self.absent) > _SHOWN else ""
            verb = "is" if len(self.absent) == 1 else "are"
            said.append(f"{len(self.absent):,} of {self.games:,} games that are over {verb} not in it: {named}{more}")
        by_fault: dict[str, list[str]] = {}
        for game, why in self.parts.items():
            by_fault.setdefault(why, []).append(game)
        for why, found in list(by_fault.items())[:_SHOWN]:
            named = ", ".join(found[:_SHOWN])
            more = f" and {len(found) - _SHOWN:,} more" if len(found) > _SHOWN else ""
            said.append(f"{why}: {named}{more}")
        if len(by_fault) > _SHOWN:
            said.append(f"and {len(by_fault) - _SHOWN:,} other faults")
        return "; ".join(said)


WHOLE = Verdict()
"""Nothing is missing, or nothing can be said."""


def judge(
    whole: Whole,
    rows: Sequence[Mapping[str, Any]],
    games: Sequence[Game],
    *,
    said: datetime | None = None,
    narrow: str = "",
    more: str = "",
    is_open: bool = False,
    teams: Sequence[str] = (),
    nothing: bool = False,
) -> Verdict:
    """What is missing in a payload.

    Args:
        whole: What it must hold.
        rows: What it holds, in the shape of its source's feed.
        games: The games that it is about and that are over (``Played.asked``).
        said: When the payload says that it was made (UTC).
        narrow: Why it is an answer to a narrower question; "" if it is not.
        more: What of its list is not in it, such as further pages; "" if it says nothing of that.
        is_open: True if it is about one game, and the schedule has that not as over.
        teams: Codes of the teams that must be in it, if teams are its measure.
        nothing: True if it says itself that there is nothing: no games on its date, if that has no final ones, or
            nobody to list of its game.
    """
    if not whole.by_games:
        return Verdict(lacking=more or narrow or _short(whole, rows, teams))
    by_game: dict[object, list[Mapping[str, Any]]] = {}
    for row in rows:
        by_game.setdefault(_game_of(row), []).append(row)
    absent: list[str] = []
    parts: dict[str, str] = {}
    for game in games:
        own = by_game.get(game.game_id) or by_game.get(frozenset((game.home, game.away))) or []
        if not own:
            absent += [] if nothing and whole.of == "game" else [game.game_id]
        elif fault := _fault(whole, own, game, said):
            parts[game.game_id] = fault
    if is_open and whole.after:
        parts |= {str(game): "according to the schedule it is not over" for game in by_game if isinstance(game, str)}
    if narrow:
        parts |= {str(game): narrow for game in by_game if isinstance(game, str)}
    empty = "it holds nothing" if not rows and not games and not nothing else ""
    return Verdict(tuple(absent), parts, more or ("" if parts else narrow) or empty, len(games))


def _short(whole: Whole, rows: Sequence[Mapping[str, Any]], teams: Sequence[str]) -> str:
    """What is missing where games are not the measure."""
    if whole.of == "rows" and len(rows) < whole.fewest:
        return f"it holds {row_count(len(rows))}, fewer than {whole.fewest}" if rows else "it holds nothing"
    if whole.begins:
        return _gap(whole.begins, [(row.get("season"), row.get(whole.begins_by)) for row in rows])
    if whole.of == "teams":
        listed = Counter(row.get(whole.side) for row in rows)
        short = [team for team in teams if listed[team] < whole.fewest]
        if short:
            more = f" and {len(short) - _SHOWN} more" if len(short) > _SHOWN else ""
            what = "nothing" if whole.fewest == 1 else f"fewer than {whole.fewest} rows"
            return f"it holds {what} of {', '.join(short[:_SHOWN])}{more}"
    return ""


def _gap(begins: date, rows: Sequence[tuple[object, object]]) -> str:
    """What is missing of a list that is known to begin on or before a date; "" if nothing shows."""
    first = min((day for _, day in rows if isinstance(day, date)), default=None)
    if first is None or first > begins:
        return f"it begins on {first or 'no date'}, the list has rows of {begins:%Y-%m-%d} and before"
    years = {season_year(str(season)) for season, _ in rows}
    missing = [season_label(year) for year in range(min(years), max(years)) if year not in years]
    return f"it holds nothing of {', '.join(missing[:_SHOWN])}" if missing else ""


def _game_of(row: Mapping[str, Any]) -> object:
    """What tells which game a row is of: its id, or its two teams."""
    named = row.get("game_id")
    return named if named is not None else frozenset((row.get("home"), row.get("away")))


def _fault(whole: Whole, rows: Sequence[Mapping[str, Any]], game: Game, said: datetime | None) -> str:
    """What is wrong with the rows of a game that is over; "" if they are whole."""
    others = {row[side] for row in rows for side in ("home", "away") if row.get(side)} - {game.home, game.away}
    if others:
        return f"it is about {' and '.join(sorted(map(str, others)))[:40]}, not about {game.away} at {game.home}"
    return (
        (_not_over(whole, rows, game, said) if whole.state else "")
        or (_one_side(whole, rows, game) if whole.side else "")
        or (_end_of(rows, game, whole.period_end) if whole.period_end else "")
    )


def _not_over(whole: Whole, rows: Sequence[Mapping[str, Any]], game: Game, said: datetime | None) -> str:
    """Why rows are about a game that is not over yet, or has no score."""
    states = {str(row.get(whole.state) or "nothing") for row in rows}
    # That a game was put off after all is believed if it is said after the day on which it was played.
    later = said is not None and said.date() > game.day
    wrong = sorted(s for s in states if not s.startswith(whole.final) and not (s == whole.put_off and later))
    if wrong:
        return f"it says {wrong[0][:40]!r} of a game that is over"
    # What has no columns for a score has none to miss.
    scores = [row.get(score, 0) for row in rows if row.get(whole.state) != whole.put_off for score in _SCORES]
    return "it has no score of a game that is over" if None in scores else ""


def _one_side(whole: Whole, rows: Sequence[Mapping[str, Any]], game: Game) -> str:
    """Of which team rows are missing, or points or shots."""
    counts = Counter(team_named(row.get(whole.side)) for row in rows)
    missing = [team for team in (game.away, game.home) if not counts[team]]
    if missing:
        return f"it holds nothing of {' and '.join(missing)}"
    if whole.points and game.score:
        made: Counter[object] = Counter()
        for row in rows:
            made[team_named(row.get(whole.side))] += row.get(whole.points) or 0
        scored = zip((game.away, game.home), game.score, strict=True)
        fewer = [f"{made[team]} points of {team}, the game {points}" for team, points in scored if made[team] < points]
        if fewer:
            return f"it has {fewer[0]}"
    short = (
        [team for team, tried in game.attempts.items() if counts[team] < tried - ATTEMPTS_OFF] if whole.attempts else []
    )
    return f"{counts[short[0]]} shots of {short[0]}, the box score has {game.attempts[short[0]]}" if short else ""


def _end_of(rows: Sequence[Mapping[str, Any]], game: Game, period_end: tuple[str, object]) -> str:
    """Why events do not go on to the end of their game."""
    last = max((row.get("period") or 0 for row in rows), default=0)
    if game.periods is not None and last < game.periods:
        return f"its events end in period {last} of {game.periods}"
    column, end = period_end
    ended = {row.get("period") for row in rows if row.get(column) == end}
    if missing := [period for period in range(1, last + 1) if period not in ended]:
        return f"it has no end of period {missing[0]}"
    scores = sorted({score for row in rows if (score := _score(row))}, key=sum)
    gap = next((pair for pair in pairwise([(0, 0), *scores]) if sum(pair[1]) - sum(pair[0]) > _MOST_POINTS), None)
    if gap:
        return f"between the scores {gap[0][0]}-{gap[0][1]} and {gap[1][0]}-{gap[1][1]} events are missing"
    final = max(scores, key=sum, default=None)
    if final != game.score:
        stated = "no score" if final is None else f"the score {final[0]}-{final[1]}"
        return f"its events end with {stated}" + (
            f", the game with {game.score[0]}-{game.score[1]}" if game.score else ""
        )
    return ""


def row_count(rows: int) -> str:
    """How many rows, in words."""
    return f"{rows:,} row" if rows == 1 else f"{rows:,} rows"


def team_named(value: object) -> object:
    """The code of a team that is named by its id; anything else as it is."""
    return _CODES.get(value, value)


def _score(row: Mapping[str, Any]) -> tuple[int, int] | None:
    """The score after an event, the visitors' first: "98 - 101", or a column for each team."""
    away, _, home = str(row.get("score") or f"{row.get('away_score')}-{row.get('home_score')}").partition("-")
    try:
        return int(away), int(home)
    except ValueError:
        return None


def measured_by(whole: Whole, games: Sequence[Game]) -> str:
    """What tells whether a payload would be judged by the same games again; "" if games of others do not matter."""
    if whole.of not in {"game", "date"} or not games:
        return ""
    told = [(game.game_id, sorted(game.attempts.items()) if whole.attempts else []) for game in games]
    return hashlib.sha256(repr(told).encode()).hexdigest()[:16]
