"""Judge payloads of one source by the stored schedule: the one way from a payload to what is missing in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from backcourt.calendar import Seasons, season_year
from backcourt.catalog.teams import TEAMS
from backcourt.errors import BackcourtError
from backcourt.sources.played import Played, read_played
from backcourt.sources.source import About, Parsed, Source
from backcourt.sources.whole import WHOLE, Verdict, judge, measured_by
from backcourt.warehouse.base import Session

_MOMENT = "snapshot_timestamp"
"""Column of what was observed at a moment."""
_THESE_TEAMS = 2013
"""First season of the 30 teams under the codes that they have today."""


@dataclass(frozen=True, slots=True)
class Measure:
    """What payloads of a source are judged by.

    Attributes:
        source: The source.
        played: The games of the schedule, for the payloads' dates or seasons.
        seasons: Which season a date is of.
        stored: Rows that are stored by first year of the season and unit, of a list that only grows.
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
        if fewer := self._fewer(parsed):
            return Verdict(lacking=fewer)
        kind = str(parsed.asked.get("SeasonType") or "")
        games = self.played.asked(whole, about.day, about.key, self._season(about), kind)
        found = judge(
            whole,
            parsed.rows,
            games,
            said=parsed.said,
            narrow=parsed.narrow,
            more=parsed.more,
            is_open=self.played.is_open(about.key),
            teams=[team.tricode for team in TEAMS] if self._year(about) >= _THESE_TEAMS else [],
            nothing=parsed.nothing,
        )
        part = self._part(parsed, about.key)
        return replace(found, parts={about.key: part, **found.parts}) if part else found

    def _part(self, parsed: Parsed, game_id: str) -> str:
        """Why a payload about a game is a part of what is stored of it; "" if it is not."""
        rows = Counter(row.get(_MOMENT) for row in parsed.rows)
        for moment, count in rows.items():
            stored = self.of_game.get((game_id, moment), 0)
            if count < self.source.whole.share * stored:
                return f"it holds {count} rows, {stored} are stored"
        return ""

    def is_narrower(self, parsed: Parsed) -> bool:
        """True if a payload is a part of what is stored, so that loading it would take the rest away."""
        return bool(self._fewer(parsed))

    def _fewer(self, parsed: Parsed) -> str:
        """Of which unit a payload holds fewer rows than are stored; "" if of none."""
        unit = self.source.feed.unit
        found = Counter((season_year(str(row["season"])), str(row.get(unit))) for row in parsed.rows if self.stored)
        for place, rows in found.items():
            if rows < self.stored.get(place, 0):
                return f"it holds {rows} rows of {place[1]}, {self.stored[place]} are stored"
        return ""

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
    stored: dict[tuple[int, str], int] = {}
    if source.whole.grows:
        unit = source.feed.unit
        rows = session.rows(
            f"SELECT season_year, {unit}, COUNT(*) AS n FROM {source.table} GROUP BY season_year, {unit}"
        )
        stored = {(int(str(year)), str(name)): int(str(count)) for year, name, count in rows}
    of_game = _of_game(session, source, sorted(days)) if source.whole.share and days else {}
    return Measure(source, played, seasons, stored, of_game)


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
