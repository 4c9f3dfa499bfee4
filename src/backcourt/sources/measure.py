"""Judge payloads of one source by the stored schedule: the one way from a payload to what is missing in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from backcourt.calendar import Seasons, season_label, season_year
from backcourt.catalog.teams import TEAMS
from backcourt.errors import BackcourtError
from backcourt.sources.played import Played, read_played
from backcourt.sources.rules import SQL
from backcourt.sources.source import About, Parsed, Source
from backcourt.sources.whole import EVERYTHING, WHOLE, Verdict, judge, measured_by, row_count, team_named
from backcourt.warehouse.base import Session

_MOMENT = "snapshot_timestamp"
"""Column of what was observed at a moment."""
_SEASON = "season_year"
"""Column of the season, where rows are compared by it alone."""
_ONE_BY_ONE = frozenset({"game_id", "player_id"})
"""Units of which a payload has each whole or not at all."""
_OPENING = (10, 15)
"""Month and day from which on rosters are full in a season that has no schedule."""
_THESE_TEAMS = 2013
"""First season of the 30 teams under the codes that they have today."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What payloads of a source are judged by.

    Attributes:
        source: The source.
        played: The games of the schedule, for the payloads' dates or seasons.
        seasons: Which season a date is of.
        stored: Rows that are stored by first year of the season and team, or by season, of a list that is compared with
            them.
        of_game: Rows that are stored by game and moment (UTC), for sources per game; the moment is None where all rows
            of a game are of one.
    """

    source: Source
    played: Played = field(default_factory=Played)
    seasons: Seasons = field(default_factory=Seasons)
    stored: Mapping[tuple[int, str], int] = field(default_factory=dict)
    of_game: Mapping[tuple[str, datetime | None], int] = field(default_factory=dict)

    def verdict(self, parsed: Parsed, about: About) -> Verdict:
        """What is missing in a payload.

        Args:
            parsed: What it holds.
            about: What it should be about.
        """
        whole = self.source.whole
        if not whole.of:
            return Verdict(lacking=parsed.more) if parsed.more else WHOLE
        if whole.in_season and self._in_season(about):
            whole = replace(whole, fewest=whole.in_season)
        kind = str(parsed.asked.get("SeasonType") or "")
        games = self.played.asked(whole, about.day, about.key, self._season(about), kind)
        found = judge(
            whole,
            parsed.rows,
            games,
            said=parsed.said,
            narrow=parsed.narrow,
            more=self._fewer(parsed) or parsed.more,
            is_open=self.played.is_open(about.key),
            teams=[team.tricode for team in TEAMS] if self._year(about) >= _THESE_TEAMS else [],
            nothing=parsed.nothing,
        )
        part = self._part(parsed, about.key)
        return replace(found, parts={about.key: part, **found.parts}) if part else found

    def _part(self, parsed: Parsed, game_id: str) -> str:
        """Why a payload about a game is a part of what is stored of it; "" if it is not."""
        rows = Counter(row.get(_MOMENT) for row in parsed.rows)
        if not rows:
            # An empty list beside a game that is over may be right, but not if somebody was on it.
            rows.update({moment: 0 for game, moment in self.of_game if game == game_id})
        for moment, count in rows.items():
            stored = self.of_game.get((game_id, moment), 0)
            if count < self.source.whole.share * stored:
                return f"it holds {row_count(count)}, {stored:,} are stored"
        return ""

    def is_narrower(self, parsed: Parsed) -> bool:
        """True if a payload is a part of what is stored, so that loading it would take the rest away."""
        # Games and players are loaded one by one, and none goes with those that are missing.
        return self.source.feed.unit not in _ONE_BY_ONE and bool(self._fewer(parsed))

    def _fewer(self, parsed: Parsed) -> str:
        """Of which team or season a payload holds too few of the rows that are stored; "" if of none."""
        found = Counter(self._place(row) for row in parsed.rows if self.stored)
        for place, rows in found.items():
            stored = self.stored.get(place, 0)
            if rows < self.source.whole.share * stored:
                of = f" of {place[1]}" if place[1] else ""
                return f"it holds {row_count(rows)}{of}, {stored:,} are stored"
        return ""

    def _place(self, row: Mapping[str, Any]) -> tuple[int, str]:
        """Season and team of a row, or its season alone, or nothing, as the rows that are stored are counted."""
        whole, label = self.source.whole, str(row["season"])
        if whole.stored_by == EVERYTHING:
            # A schedule that comes later may say that a date is of another season.
            return 0, ""
        named = row.get(whole.side or whole.stored_by)
        return season_year(label), label if whole.stored_by == _SEASON else str(team_named(named))

    def _in_season(self, about: About) -> bool:
        """True from the season's first game to its end, when rosters are full."""
        year = self._year(about)
        games = self.seasons.games.get(year)
        first = games.start if games else date(year, *_OPENING)
        return first <= about.day <= self.seasons.dates(year).end

    def by(self, day: date, key: str) -> str:
        """What tells whether a payload would be judged by the same games again."""
        return measured_by(self.source.whole, self.played.asked(self.source.whole, day, key, ""))

    def _season(self, about: About) -> str:
        return about.season() if self.source.whole.of == "season" else ""

    def _year(self, about: About) -> int:
        return about.season_year()


def measure(session: Session, source: Source, payloads: Iterable[tuple[date, str]], seasons: Seasons) -> Measure:
    """What payloads of a source are judged by, as the schedule is now.

    Args:
        session: An open session on a warehouse that has the raw tables.
        source: The source.
        payloads: Dates and keys of the payloads.
        seasons: Which season a date is of.
    """
    days: set[date] = set()
    years: set[int] = set()
    for day, key in payloads:
        days.add(day)
        try:
            years.add(season_year(key))
        except BackcourtError:
            years.add(seasons.year_of(day))
    played = read_played(session, source.whole, sorted(days), sorted(years))
    stored = _stored(session, source) if source.whole.stored_by else {}
    compared = source.whole.share and not source.whole.stored_by and days
    of_game = _of_game(session, source, sorted(days)) if compared else {}
    return Measure(source, played, seasons, stored, of_game)


def _stored(session: Session, source: Source) -> dict[tuple[int, str], int]:
    """Rows that are stored by season and team, by season, or in all; of what is dated, of the newest date."""
    by = source.whole.stored_by
    if by == EVERYTHING:
        return {(0, ""): int(str(session.rows(f"SELECT COUNT(*) AS n FROM {source.table}")[0][0]))}
    dated = next((name for name in source.feed.unit.split() if name.endswith("_date")), "NULL")
    rows = session.rows(SQL("stored_by", source=source.table, stored_by=by, dated=dated))
    return {
        (int(str(year)), season_label(int(str(year))) if by == _SEASON else str(name)): int(str(count))
        for year, name, count in rows
    }


def _of_game(session: Session, source: Source, days: Sequence[date]) -> dict[tuple[str, datetime | None], int]:
    """Rows that are stored of the games of some dates, by game and moment."""
    moment = _MOMENT if _MOMENT in source.feed.columns else "CAST(NULL AS TIMESTAMP)"
    rows = session.rows(
        f"SELECT game_id, {moment} AS moment, COUNT(*) AS n FROM {source.table} "
        "WHERE game_date BETWEEN @start AND @end GROUP BY game_id, moment",
        {"start": days[0], "end": days[-1]},
    )
    return {
        (str(game), at.astimezone(UTC) if isinstance(at, datetime) else None): int(str(count))
        for game, at, count in rows
    }
