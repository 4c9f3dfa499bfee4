"""The steps of season-from-nothing: fetch or import a season, load it, compute it, and compare its leaders."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from backcourt.answers.model import Answer, Note, Part, Rows
from backcourt.backfill.request import RunIdentity
from backcourt.calendar import league_day, season_year
from backcourt.catalog.views import SqlFiles
from backcourt.errors import counted
from backcourt.integrity import parts as season_parts
from backcourt.integrity.validation import Validation
from backcourt.runbooks import season
from backcourt.runbooks.parameters import SeasonFromNothing
from backcourt.runbooks.season import backfill, verify
from backcourt.runbooks.shared import (
    NOTHING_WRITTEN,
    SHOWN,
    PreflightError,
    ValidationError,
    check,
    more,
    new_identity,
    skipped,
    validated,
)
from backcourt.settings import load as settings
from backcourt.sources.bulk import fetch as bulk
from backcourt.sources.bulk.events import event_days, event_source
from backcourt.sources.bulk.season import BulkSeason
from backcourt.sources.fetch import Asking
from backcourt.sources.landed import load_landed as load_payloads
from backcourt.sources.landing import Landing
from backcourt.sources.layouts.load import load_landed
from backcourt.sources.layouts.take import Imported, land_files
from backcourt.sources.remembered import is_there
from backcourt.warehouse.base import Parameters as Bound
from backcourt.warehouse.base import Warehouse

__all__ = ["at_hand", "backfill", "foresee", "get", "leaders", "load", "verify"]
_SQL = SqlFiles("backcourt.runbooks")
LEADERS: Mapping[str, Mapping[str, tuple[str, float]]] = {
    "2021-22": {
        "points": ("Joel Embiid", 30.6),
        "rebounds": ("Rudy Gobert", 14.7),
        "assists": ("Chris Paul", 10.8),
        "wins": ("PHX", 64),
    },
    "2022-23": {
        "points": ("Joel Embiid", 33.1),
        "rebounds": ("Domantas Sabonis", 12.3),
        "assists": ("James Harden", 10.7),
        "wins": ("MIL", 58),
    },
    "2023-24": {
        "points": ("Luka Dončić", 33.9),
        "rebounds": ("Domantas Sabonis", 13.7),
        "assists": ("Tyrese Haliburton", 10.9),
        "wins": ("BOS", 64),
    },
    "2024-25": {
        "points": ("Shai Gilgeous-Alexander", 32.7),
        "rebounds": ("Domantas Sabonis", 13.9),
        "assists": ("Trae Young", 11.6),
        "wins": ("OKC", 68),
    },
}
"""Who led a regular season, in points, rebounds and assists a game, and which team won the most games.

The league's own lists (nba.com/stats/alltime-leaders by season, and its standings) say so.
"""


def at_hand(parameters: SeasonFromNothing) -> Answer:
    """What the warehouse has of the season, and what would be fetched or imported."""
    parts: list[Part] = list(season_parts.listed(_held(parameters)))
    if parameters.files:
        found = _taken(parameters, new_identity(), dry_run=True)
        parts.append(_files(found))
        words = f"{counted(len(found.taken), 'table')} would be imported"
    elif parameters.fetch:
        asking = Asking.configured(settings(), lambda: new_identity().now)
        wanted = bulk.needs(_season(parameters), asking, play_by_play=parameters.play_by_play)
        rows = [(name, todo, wanted.known[name]) for name, todo in wanted.todo.items()]
        parts.append(Rows(("source", "requests", "landed"), rows, ("requests", "landed"), "from the service"))
        words = f"{wanted.requests:,} requests would be sent, about {max(1, round(wanted.minutes)):,} minutes"
    else:
        words = "nothing would be fetched or imported: what has landed is loaded"
    return Answer(words, parts, kind="note")


def get(parameters: SeasonFromNothing, *, identity: RunIdentity | None = None) -> Answer:
    """Fetch the season in bulk or import the files, as the parameters say.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        PreflightError: If the service kept something back; what came has landed.
    """
    if parameters.dry_run:
        return skipped("fetch and import")
    chosen = identity or new_identity()
    if parameters.files:
        found = _taken(parameters, chosen, dry_run=False)
        return Answer(f"{counted(len(found.taken), 'table')} landed", [_files(found)], kind="good")
    if not parameters.fetch:
        return Answer("nothing was fetched or imported: fetch is false, and no files are named", kind="note")
    asking = Asking.configured(settings(), lambda: chosen.now)
    done = bulk.fetch_season(_season(parameters), asking, play_by_play=parameters.play_by_play)
    words = f"{done.requests:,} requests, {done.stored:,} new answers, {len(done.missing):,} missing"
    lacking = [(source, key, why) for (source, key), why in done.missing.items()]
    parts: list[Part] = [Rows(("source", "key", "why it is missing"), lacking[:SHOWN])] if lacking else []
    parts += more(len(lacking), "run this again: it fetches what is missing")
    if done.stopped:
        raise PreflightError(f"{words}; stopped: {done.stopped}", next_step="run this again to fetch the rest")
    return Answer(words, parts, kind="question" if lacking else "good")


def load(parameters: SeasonFromNothing, *, identity: RunIdentity | None = None) -> Answer:
    """Load what has landed, and say what the season consists of.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.

    Raises:
        PreflightError: If no game of the season has been loaded.
    """
    if parameters.dry_run:
        return skipped("load")
    chosen = identity or new_identity()
    place, landing = parameters.open(), Landing(parameters.landing)
    done = load_landed(place, landing, parameters.season, now=chosen.now, run_id=chosen.run_id)
    tables = list(done.summary.tables)
    # Games that were fetched one by one come after the schedule that they are judged by.
    days = event_days(landing, parameters.season)
    events = load_payloads(place, event_source(), landing, days, now=chosen.now, run_id=chosen.run_id) if days else None
    tables += events.tables if events else []
    headers = ("table", "games", "skipped", "quarantined", "written")
    rows = [(t.table, t.success, t.skipped, t.quarantined, t.rows_inserted) for t in tables]
    held = _held(parameters)
    if not held:
        raise PreflightError(
            f"no game of {parameters.season} is loaded",
            next_step="name files with -p files=PATH, or fetch the season with -p fetch=true",
        )
    parts: list[Part] = [Rows(headers, rows, headers[1:]), *season_parts.listed(held)]
    parts += [
        Note(f"{name}: {counted(games, 'game')} wait for the log of teams or the schedule.", "question")
        for name, games in done.waiting.items()
    ]
    written, quarantined = sum(t.rows_inserted for t in tables), sum(t.quarantined for t in tables)
    words = f"{written:,} rows written, {quarantined:,} games held back"
    step = [f"backcourt quarantine list{parameters.option}"] if quarantined else []
    return Answer(words, parts, step, kind="question" if done.exit_code or (events and events.exit_code) else "good")


def foresee(parameters: SeasonFromNothing) -> Answer:
    """The engine's plan, as the season backfill shows it; nothing as long as no game is loaded."""
    if not _held(parameters):
        return Answer(f"no plan: no game of {parameters.season} is loaded yet; {NOTHING_WRITTEN}", kind="note")
    return season.foresee(parameters)


def leaders(parameters: SeasonFromNothing) -> Answer:
    """The leaders of the regular season as computed, beside those that the league names.

    Raises:
        ValidationError: If a complete regular season has another leader or another figure.
    """
    if parameters.dry_run:
        return skipped("leaders")
    year, span = season_year(parameters.season), parameters.span
    bounds: Bound = {"season_year": year, "start_date": span.start, "end_date": span.end}
    with parameters.open().read() as session:
        best = session.query(_SQL("season_leaders"), bounds).to_pylist()
        records = session.query(_SQL("season_records"), bounds).to_pylist()
    known = LEADERS.get(parameters.season, {})
    rows = [(r["figure"], r["player"], r["games"], r["total"], f"{r['average']:.1f}") for r in best]
    parts: list[Part] = [
        Rows(("figure", "player", "games", "total", "a game"), rows, ("games", "total", "a game"), "leaders"),
        Rows(("team", "won", "lost"), [tuple(record.values()) for record in records], ("won", "lost"), "records"),
    ]
    # The first of each figure is read last.
    by_figure = {row["figure"]: (row["player"], row["average"]) for row in reversed(best)}
    first = {figure: by_figure[figure] for figure in ("points", "rebounds", "assists") if figure in by_figure}
    if records:
        first["wins"] = (records[0]["team_abbr"], records[0]["won"])
    if not known or _is_cut(records):
        why = "the season is not complete" if known else "no figures of the league are kept for it"
        parts.append(Note(f"Not compared: {why}. Look them up: https://www.nba.com/stats/leaders", "note"))
        return Answer(_in_words(first), parts, kind="note")
    checks = [
        check(
            f"{figure}: {name}, {value:g}",
            "" if first.get(figure) == (name, value) else f"computed: {first.get(figure, ('nobody', 0))}",
            f"backcourt validate range {span.options}{parameters.option}",
        )
        for figure, (name, value) in known.items()
    ]
    found = Validation("leaders as the league names them", span, tuple(checks))
    return validated(found, parameters, *parts, words=_in_words(first), error=ValidationError)


def _is_cut(records: list[dict[str, int]]) -> bool:
    """True if the best team has not played all of its 82 games."""
    return not records or records[0]["won"] + records[0]["lost"] < 82  # noqa: PLR2004 - games of a team in a season


def _in_words(first: Mapping[str, tuple[str, float]]) -> str:
    return ", ".join(f"{figure}: {name} {value:g}" for figure, (name, value) in first.items()) or "no leaders yet"


def _held(parameters: SeasonFromNothing) -> tuple[season_parts.Held, ...]:
    """The parts of the season in the warehouse; empty if there is no warehouse yet."""
    place: Warehouse = parameters.open()
    if not is_there(place):
        return ()
    with place.read() as session:
        return season_parts.parts(session, parameters.season)


def _season(parameters: SeasonFromNothing) -> BulkSeason:
    """The season in the landing zone, as of today in the league's time zone."""
    return BulkSeason(parameters.season, Landing(parameters.landing), league_day(new_identity().now))


def _taken(parameters: SeasonFromNothing, identity: RunIdentity, *, dry_run: bool) -> Imported:
    """What the files are taken for; it lands unless it is a dry run."""
    return land_files(
        Landing(parameters.landing),
        parameters.paths,
        now=identity.now,
        seasons=(season_year(parameters.season),),
        dry_run=dry_run,
    )


def _files(found: Imported) -> Rows:
    """What each file was taken for."""
    rows = [
        (
            Path(taken.match.opened.where).name,
            taken.match.layout.short,
            sum(taken.games.values()),
            sum(taken.rows.values()),
        )
        for taken in found.taken
    ]
    return Rows(("file", "taken for", "games", "rows"), rows, ("games", "rows"))
