"""Judge staged rows and publish them: a unit, mostly a game, with a broken rule is held back whole.

One SQL file per feed turns the staged rows into the table's rows and names every rule that a row breaks. What is stored
of a unit that is held back stays as it was, and nba_processing.quarantine says why. Everything else is published in one
transaction per table, together with the quarantine.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from backcourt.calendar import Seasons, longest_season
from backcourt.catalog.model import Table
from backcourt.catalog.teams import codes_of
from backcourt.errors import AuditError, QueryError
from backcourt.names.carriers import with_ids
from backcourt.names.resolve import Resolved, settle_names
from backcourt.sources import venues
from backcourt.sources.faults import with_faults
from backcourt.sources.feed import UNKNOWN_PAYLOAD, Batch, Feed
from backcourt.sources.rules import (
    SQL,
    TABLES,
    extra_columns,
    holding_rule,
    holds,
    is_filed_by_date,
    quarantined_row,
    unit_text,
    without_blame,
)
from backcourt.sources.staging import statement
from backcourt.sources.summary import TableLoad
from backcourt.warehouse.base import STAGING, Parameters, PublishedRows, Rows, Session, Statement, Value
from backcourt.warehouse.content import trusted_hash
from backcourt.warehouse.publish import Publication, Restated, Scope, staged_select
from backcourt.warehouse.seasons import read_seasons
from backcourt.warehouse.work import working

_QUARANTINE = "nba_processing.quarantine"


@dataclass(frozen=True, slots=True)
class _Stage:
    """Staged rows of one feed.

    Attributes:
        name: Full name of all staged rows.
        good: Full name of the rows that are published; the same if nothing is held back.
        units: Full name of the list of games (or teams, players, dates) in the feed, with a flag ``held``.
        count: How many there are.
        held: How many of them are held back.
        gone: How many are not published: those that are held back, and those that are left out.
        rows: Rows that are held back or left out of games that are not: rule, how many, the first of them.
    """

    name: str
    good: str
    units: str
    count: int
    held: int
    gone: int
    rows: Mapping[str, tuple[int, str]] = field(default_factory=dict)


class UnitLoader:
    """One load in an open session."""

    def __init__(
        self,
        session: Session,
        batch: Batch,
        now: datetime,
        run_id: str,
        seasons: Seasons,
        *,
        says_all: bool = True,
    ) -> None:
        """Take the batch whose rows ``stage_inputs`` has staged, and the seasons that the stored schedule knows.

        What is stored beside the rows is named if they should be all of the season.
        """
        self._says_all = says_all
        self._session = session
        self._batch = batch
        self._now = now
        self._run_id = run_id
        self._seasons = seasons

    def load(self, feed: Feed) -> TableLoad:
        """Load one file; an engine's refusal is reported, except for the schedule, on which all others rest."""
        with working(run=self._run_id, table=feed.table):
            return self._load_or_report(feed)

    def _load_or_report(self, feed: Feed) -> TableLoad:
        started = time.perf_counter()
        try:
            done = self._load(feed, started)
        except (AuditError, QueryError) as error:
            if feed.stem == "schedule":
                raise
            done = TableLoad(
                feed.table,
                feed.file_name,
                errors=self._units(feed),
                seconds=time.perf_counter() - started,
                error=str(error),
                exit_code=error.exit_code,
            )
            self._session.transaction([self._history(done)])
        if feed.stem == "schedule":
            # What comes after it is judged by the dates that it brought.
            self._seasons = read_seasons(self._session)
        return done

    def _load(self, feed: Feed, started: float) -> TableLoad:
        table = TABLES[feed.table]
        if feed.stem == "schedule":
            # A schedule's games are placed by what the program knows of arenas.
            venues.seed(self._session, now=self._now)
        stage = self._stage(table, feed)
        restated = Restated(self._run_id, self._now, "load")
        publication = Publication(
            table, stage.good, self._scope(table, feed, stage), {"now": self._now}, restated=restated
        )
        known, audited = self._ask(table, feed, stage, publication)
        changed, stored = self._changes(feed, stage, publication, _number(known["stored"]), _number(known["good"]))
        alone = {rule: found for rule, found in stage.rows.items() if rule not in without_blame(feed)}
        entry = TableLoad(
            table=feed.table,
            file=feed.file_name,
            success=changed,
            skipped=stage.count - stage.gone - changed,
            quarantined=stage.held,
            rows_inserted=stored.inserted,
            rows_removed=stored.removed,
            rows_unchanged=stored.unchanged,
            teams=_number(known["teams"]) if feed.team else None,
            rules=_by_rule(known.get("rules", [])),
            held_rows=sum(count for count, _ in alone.values()),
            row_rules=alone,
            left_out={rule: found for rule, found in stage.rows.items() if rule in without_blame(feed)},
            warnings=_by_rule(known["warnings"]),
            absent=tuple(sorted(str(unit) for (unit,) in known.get("absent", []))),
            seconds=time.perf_counter() - started,
            exit_code=1 if stage.held or alone else 0,
        )
        # The rows, why others are held back, and the run history: all of it, or none.
        also = (*self._quarantine(table, feed, stage), self._history(entry))
        statements = publication.statements(publication.judged(self._session, audited)) if changed else []
        self._session.transaction([*statements, *also])
        return replace(entry, seconds=time.perf_counter() - started)

    def compare(self, feed: Feed) -> int:
        """Good units of a file of which a load would write or take out a row; nothing is written."""
        table = TABLES[feed.table]
        stage = self._stage(table, feed)
        publication = Publication(table, stage.good, self._scope(table, feed, stage), {"now": self._now})
        stored, good = self._session.ask(*_counts(publication))
        return self._changes(feed, stage, publication, _number(stored), _number(good))[0]

    @property
    def _parameters(self) -> dict[str, Value]:
        """What the statements of files are told: the season, its dates, and where its games can be."""
        year = self._batch.year
        dates, room, widest = self._seasons.dates(year), self._seasons.room(year), longest_season(year)
        return {
            "season": self._batch.season,
            "season_year": year,
            "team_codes": codes_of(year),
            "first_day": dates.start,
            "last_day": dates.end,
            "first_game_day": room.start,
            "last_game_day": room.end,
            "earliest_day": widest.start,
            "latest_day": widest.end,
        }

    def names(self) -> Resolved:
        """Decide the names, those of the staged rows for which games are held back among them."""
        holding = next(filter(holds, self._batch.feeds), None)
        held = self._holding(holding) if holding else ""
        return settle_names(self._session, now=self._now, run_id=self._run_id, held=held)

    def _holding(self, feed: Feed) -> str:
        """The staged names for which games are held back."""
        return self._session.stage_query(
            "names_holding",
            SQL("held_names", staged=self._staged(feed)),
            {"season": self._batch.season},
        ).name

    def _history(self, entry: TableLoad) -> Statement:
        """The statement that writes a load into the run history, which says how old a source is."""
        values: dict[str, Value] = {
            "run_id": self._run_id,
            "name": entry.table.rpartition(".")[2],
            "table_name": entry.table,
            "now": self._now,
            "today": self._now.date(),
            "season_year": self._batch.year,
            "status": "failed" if entry.error else "partial" if entry.quarantined or entry.held_rows else "success",
            "seconds": round(entry.seconds, 3),
            "created": entry.rows_inserted,
            "skipped": entry.rows_unchanged,
            "failed": entry.quarantined,
            "error": entry.error or "",
        }
        return Statement(SQL("load_history"), values)

    def _stage(self, table: Table, feed: Feed) -> _Stage:
        """Compute the rows and their rules; set the good ones apart if any is broken."""
        name = self._staged(feed)
        unit = unit_text(feed)
        units = self._session.stage_query(
            f"units_{feed.stem}", SQL("units", staged=name, unit=unit, holding_rule=holding_rule(feed))
        ).name
        count, held, gone, broken = self._numbers(SQL("units_counted", units=units))
        if not broken:
            return _Stage(name, name, units, count, 0, 0)
        kept = [column.name for column in table.columns if column.name != "processed_at"]
        columns = ", ".join([*kept, *extra_columns(feed)])
        good = self._session.stage_query(
            f"good_{feed.stem}", SQL("good_rows", staged=name, unit=unit, units=units, columns=columns)
        ).name
        stage = _Stage(name, good, units, count, held, gone)
        return stage if broken == held else replace(stage, rows=self._rows(feed, stage))

    def _rows(self, feed: Feed, stage: _Stage) -> dict[str, tuple[int, str]]:
        """Rows that are left out, and those that loaded games go without: how many break a rule, and the first."""
        found = self._session.rows(
            SQL(
                "broken_rows",
                staged=stage.name,
                units=stage.units,
                unit=unit_text(feed, "s."),
                quarantined_row=quarantined_row(feed, "broken"),
            )
        )
        return {str(rule): (int(str(n)), str(detail)) for rule, n, detail in found}

    def _held(self, feed: Feed, stage: _Stage) -> str:
        """SQL condition: the row `s` is of a unit that is held back."""
        return f"{unit_text(feed, 's.')} IN (SELECT unit FROM {stage.units} WHERE held)"

    def _staged(self, feed: Feed) -> str:
        """The file's rows as the table's, each with the rules that it breaks."""
        table, extra = TABLES[feed.table], extra_columns(feed)
        rows = with_ids(table, statement(feed.stem), extra)
        if self._batch.not_whole and any(column.name == "game_id" for column in table.columns):
            rows = with_faults(table, rows, extra, holding_rule(feed, "x.broken_rules"))
        sql = staged_select(table, rows, extra)
        return self._session.stage_query(f"stage_{feed.stem}", sql, self._parameters).name

    def held_paths(self, feed: Feed) -> set[str]:
        """The payloads that hold a unit of the last load that is held back."""
        stage = f"{STAGING}.stage_{feed.stem}"
        units = SQL(
            "waiting_units",
            staged=stage,
            units=f"{STAGING}.units_{feed.stem}",
            unit=unit_text(feed, "s."),
            quarantined_row=quarantined_row(feed),
        )
        sql = (
            f"SELECT s.landed_from FROM {stage} AS s WHERE {unit_text(feed, 's.')} IN ({units}) GROUP BY s.landed_from"
            if "landed_from" in extra_columns(feed)
            else f"SELECT l.path FROM {STAGING}.landed_units AS l WHERE l.landed_unit IN ({units}) GROUP BY l.path"
        )
        return {str(row[0]) for row in self._session.rows(sql)}

    def _scope(self, table: Table, feed: Feed, stage: _Stage) -> Scope:
        """The stored rows that the good ones replace: those of the same games; held-back games stay as they are."""
        unit = unit_text(feed, "t.")
        parameters: dict[str, Value] = {"season_year": self._batch.year}
        # What a date files goes with it where the schedule has moved the date to another season since.
        conditions = [] if is_filed_by_date(table) else ["t.season_year = @season_year"]
        if conditions and any(column.name == "as_of_date" for column in table.columns):
            conditions = ["(t.season_year = @season_year OR t.as_of_date BETWEEN @first_day AND @last_day)"]
            parameters |= {name: self._parameters[name] for name in ("first_day", "last_day")}
        if table.partition == "game_date":
            # Says nothing new, but lets BigQuery read one season's partitions instead of all.
            conditions.append("t.game_date BETWEEN @earliest_day AND @latest_day")
            parameters |= {name: self._parameters[name] for name in ("earliest_day", "latest_day")}
        if not feed.whole_season:
            conditions.append(f"{unit} IN (SELECT unit FROM {stage.units} WHERE NOT gone)")
        elif stage.gone:
            conditions.append(f"{unit} NOT IN (SELECT unit FROM {stage.units} WHERE gone)")
        return Scope(" AND ".join(conditions), parameters)

    def _ask(
        self, table: Table, feed: Feed, stage: _Stage, publication: Publication
    ) -> tuple[dict[str, Rows], list[Rows]]:
        """What has to be known of a file before it is published, in one question; the last answers are the audit's."""
        stored, good = _counts(publication)
        asked = {"stored": stored, "good": good, "warnings": self._named(feed, stage.good, "warning")}
        if stage.held:
            asked["rules"] = self._named(feed, stage.name, "broken_rules", self._held(feed, stage))
        if self._says_all and not feed.whole_season:
            # What is stored of the season and stands in no row of a source that should say all.
            absent = SQL("absent_units", unit=unit_text(feed, "t."), target=table.full_name, units=stage.units)
            asked["absent"] = Statement(absent, {"season_year": self._batch.year})
        if feed.team:
            teams = " UNION ALL ".join(f"SELECT {column} AS team FROM {stage.good}" for column in feed.team.split())
            asked["teams"] = Statement(f"SELECT COUNT(DISTINCT team) AS n FROM ({teams})")
        answers = self._session.ask(*asked.values(), *publication.questions())
        return dict(zip(asked, answers, strict=False)), answers[len(asked) :]

    def _changes(
        self, feed: Feed, stage: _Stage, publication: Publication, stored: int, good: int
    ) -> tuple[int, PublishedRows]:
        """Good games of which at least one row is new, changed or gone, and the rows that publishing them touches.

        Args:
            feed: The file.
            stage: Its staged rows.
            publication: What is published of them.
            stored: Rows that are stored in its scope.
            good: Rows that are published.
        """
        table, scope = publication.table, publication.scope
        if not stored:
            return stage.count - stage.gone, PublishedRows(good, 0, 0)
        statement = SQL(
            "changes",
            good=stage.good,
            target=table.full_name,
            unit_of_s=unit_text(feed, "s."),
            unit_of_t=unit_text(feed, "t."),
            trusted=trusted_hash(table, "t"),
            condition=scope.condition,
        )
        changed, inserted, removed = self._numbers(statement, scope.parameters)
        return changed, PublishedRows(inserted, removed, good - inserted)

    def _quarantine(self, table: Table, feed: Feed, stage: _Stage) -> tuple[Statement, ...]:
        """The statements that replace the season's quarantine of the table."""
        parameters: dict[str, Value] = {"table_name": table.full_name, "season": self._batch.season}
        origin = self._batch.origin
        is_landed, has_path = origin is None, "landed_from" in extra_columns(feed)
        part, season = "TRUE", "season = @season"
        if is_landed:
            part = f"game_id IN (SELECT unit FROM {stage.units})"
            # The same unit or payload may have been held back under another season: the schedule has changed since.
            season = "TRUE" if "season_year" not in table.key else season
        if has_path:
            # What an earlier payload of the same date and key held, whatever its game was called, goes with it.
            folder = r"REGEXP_REPLACE({}, r'/[^/]*$', '')"
            part += f" OR {folder.format('source_file')} IN (SELECT {folder.format('landed_from')} FROM {stage.name})"
        clear = Statement(
            f"DELETE FROM {_QUARANTINE} WHERE table_name = @table_name AND {season} AND ({part})", parameters
        )
        if not stage.held and not stage.rows.keys() - without_blame(feed):
            return (clear,)
        has_date = any(column.name == "game_date" for column in table.columns)
        unit = unit_text(feed, "s.")
        with_paths = f"({SQL('rows_with_paths', staged=stage.name, unit=unit)})"
        insert = Statement(
            SQL(
                "keep_quarantine",
                staged=with_paths if is_landed and not has_path else stage.name,
                units=stage.units,
                unit=unit,
                path="s.landed_from" if is_landed else "CAST(NULL AS STRING)",
                game_date="s.game_date" if has_date else "CAST(NULL AS DATE)",
                quarantined_row=quarantined_row(feed, "broken"),
            ),
            parameters
            | {
                "source_file": UNKNOWN_PAYLOAD if origin is None else str(origin / feed.file_name),
                "run_id": self._run_id,
                "now": self._now,
            },
        )
        return (clear, insert)

    def _named(self, feed: Feed, stage: str, column: str, condition: str = "TRUE") -> Statement:
        """The question for games per rule or warning named in a column."""
        return Statement(
            SQL("units_by_rule", staged=stage, unit=unit_text(feed, "s."), listed=column, condition=condition)
        )

    def _units(self, feed: Feed) -> int:
        """Games (or teams, players, dates) of a file that could not be staged or published."""
        columns = {"source_team_code": "bref_team"}
        column = columns.get(feed.unit, feed.unit)
        if column not in feed.columns:
            # The unit comes out of the statement that could not be run.
            return self._numbers(f"SELECT COUNT(*) AS n FROM {STAGING}.{feed.stem}")[0]
        return self._numbers(f"SELECT COUNT(DISTINCT {column}) AS n FROM {STAGING}.{feed.stem}")[0]

    def _numbers(self, sql: str, parameters: Parameters | None = None) -> tuple[int, ...]:
        return tuple(int(str(value)) for value in self._session.rows(sql, parameters)[0])


def _counts(publication: Publication) -> tuple[Statement, Statement]:
    """The questions for the rows that are stored in a publication's scope, and for those that it publishes."""
    target = f"{publication.table.full_name} AS t WHERE {publication.scope.condition}"
    return (
        Statement(f"SELECT COUNT(*) AS n FROM {target}", publication.scope.parameters),
        Statement(f"SELECT COUNT(*) AS n FROM {publication.stage}"),
    )


def _number(rows: Rows) -> int:
    return int(str(rows[0][0]))


def _by_rule(rows: Rows) -> dict[str, int]:
    """The answer to ``units_by_rule``, in the order of the rules."""
    return {str(rule): int(str(games)) for rule, games in sorted(rows, key=str)}
