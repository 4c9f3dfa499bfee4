"""The steps of the nbac-team-boxscore runbook: what has landed, fetch, load, what is held back, and the proof.

Nothing is asked of the service unless the parameter ``fetch`` is true.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from backcourt.answers.model import Answer, Kind, Note, Part, Rows, sentence
from backcourt.backfill.request import RunIdentity
from backcourt.catalog.views import SqlFiles
from backcourt.integrity.validation import Validation
from backcourt.runbooks import facts
from backcourt.runbooks.model import is_secret
from backcourt.runbooks.parameters import NbacTeamBoxscore
from backcourt.runbooks.shared import (
    NOTHING_WRITTEN,
    SHOWN,
    PreflightError,
    ValidationError,
    check,
    more,
    new_identity,
    require_tables,
    skipped,
    validated,
)
from backcourt.settings import load as settings
from backcourt.sources.declared import source
from backcourt.sources.fetch import Asking, fetch, judging_of
from backcourt.sources.landed import LandedLoad, load_landed
from backcourt.sources.landing import Landed, Landing
from backcourt.sources.quarantine import details, held
from backcourt.sources.remembered import LANDED
from backcourt.sources.targets import targets
from backcourt.warehouse.base import Session
from backcourt.warehouse.seasons import read_seasons

_SOURCE = "nbac_team_boxscore"
_TABLE = "nba_raw.nbac_team_boxscore"
_TEAMS = 2
_STATES = ("new", "corrected", "loaded", "held back")
_COUNTED = ("success", "skipped", "quarantined", "errors")
_SQL = SqlFiles("backcourt.runbooks")
_OUTCOMES = f"""
SELECT day, payload_key, digest, outcome, path, detail FROM {LANDED}
WHERE source = '{_SOURCE}' AND day BETWEEN @start AND @end ORDER BY 1, 2"""
_RESTATED = """
SELECT game_date, COUNT(DISTINCT row_key) AS n FROM nba_processing.restatements
WHERE run_id = @run_id AND table_name = @table_name GROUP BY 1 ORDER BY 1"""

_Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class _Payload:
    """The newest payload of a game, and what became of it: new, corrected, loaded or held back."""

    landed: Landed
    state: str


def team_boxscores_ready(parameters: NbacTeamBoxscore) -> Answer:
    """Are the tables there, final games in the range, and payloads in the landing zone unless they are fetched?

    Raises:
        PreflightError: If something is missing; it says what to do.
        DateRangeError: If the schedule has no game in the range.
        WarehouseError: If there is no warehouse.
        BackcourtError: If the address of the landing zone cannot be used.
    """
    warehouse = parameters.open()
    require_tables(warehouse)
    with warehouse.read() as session:
        dates = facts.game_dates(session, parameters.span)
        seasons = ", ".join(read_seasons(session).between(parameters.span))
    landed = len(_newest(parameters))
    final, games = sum(item.final_games for item in dates), sum(item.games for item in dates)
    place = parameters.shown()["landing"]
    ask = _command("fetch", parameters)
    found = Validation(
        "preflight",
        parameters.span,
        (
            check("the tables are as in the catalog"),
            check(
                f"the schedule has final games on {parameters.span}",
                "" if final else f"none of {games:,} is over",
                "load the schedule again when they are",
            ),
            check(
                f"the landing zone ({place}) has payloads of them",
                "" if landed or parameters.fetch else f"none of {parameters.span}",
                f"name the place with -p landing=DIR, run this with -p fetch=true, or: {ask}",
            ),
        ),
    )
    words = f"{final:,} final games on {len(dates):,} dates of {seasons}; {landed:,} payloads of them have landed"
    return validated(found, parameters, words=words, error=PreflightError)


def payloads_landed(parameters: NbacTeamBoxscore) -> Answer:
    """The payloads of each date beside its final games, drawn and counted by what became of them so far."""
    from backcourt.integrity import pictures

    with parameters.open().read() as session:
        games = _query(session, _SQL("boxed_games"), parameters)
        payloads = _payloads(session, parameters)
    by_game = {item.landed.key: item for item in payloads}
    days: dict[date, list[_Row]] = {}
    for row in games:
        days.setdefault(row["game_date"], []).append(row)
    drawn, rows = [], []
    for day, own in days.items():
        found = [by_game[row["game_id"]] for row in own if row["game_id"] in by_game]
        states = Counter(item.state for item in found)
        drawn.append((day, len(own), len(found)))
        rows.append((day, len(own), len(found), *(states[state] for state in _STATES)))
    picture = pictures.payloads_by_date(drawn)
    missing = [row for row in games if row["game_id"] not in by_game]
    odd = sorted(by_game.keys() - {row["game_id"] for row in games})
    states = Counter(item.state for item in payloads)
    words = ", ".join(f"{states[state]:,} {state}" for state in _STATES)
    words = f"{len(payloads):,} payloads: {words}; final games without one: {len(missing):,}"
    headers = ("date", "final games", "payloads", *_STATES)
    parts: list[Part] = [
        picture,
        Note(sentence(words), "question" if missing else "good"),
        Rows(headers, rows, headers[1:]),
        *_listed("Without a payload", [f"{row['game_id']} ({_teams(row)})" for row in missing]),
        *_listed("Payloads of games that are not final in the schedule", odd),
    ]
    return Answer(f"{words}. {picture.alt}", parts)


def fetch_team_boxscores(parameters: NbacTeamBoxscore, *, identity: RunIdentity | None = None) -> Answer:
    """Ask the service for what has not landed, if the parameter fetch says so; a dry run counts.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.
    """
    here, landing = source(_SOURCE), Landing(parameters.landing)
    with parameters.open().read() as session:
        wanted = targets(session, here, parameters.span, seasons=read_seasons(session))
    landed = {item.key for item in _newest(parameters)}
    missing = sum(target.key not in landed for target in wanted)
    if not parameters.fetch:
        words = f"nothing was fetched: fetch is false; payloads that have not landed: {missing:,}"
        return Answer(words, next=[_command("fetch", parameters)] if missing else [], kind="note")
    if parameters.dry_run:
        words = f"{missing:,} payloads would be fetched, {len(wanted) - missing:,} have landed; {NOTHING_WRITTEN}"
        return Answer(words, kind="note")
    chosen = identity or new_identity()
    asking = Asking.configured(settings(), lambda: chosen.now)
    by = judging_of(parameters.open(), here, [(target.day, target.key) for target in wanted])
    done = fetch(here, landing, wanted, asking, judging=by)
    failed = [(day, key, why) for (day, key), why in {**done.failed, **done.incomplete}.items()]
    parts: list[Part] = []
    if failed:
        parts = [Rows(("date", "game", "why it is missing or incomplete"), failed[:SHOWN])]
        parts += more(len(failed), "run this again: it fetches what is missing")
    words = f"{done.in_words}; stopped: {done.stopped}" if done.stopped else done.in_words
    return Answer(words, parts, kind="bad" if done.exit_code else "good")


def load_team_boxscores(parameters: NbacTeamBoxscore, *, identity: RunIdentity | None = None) -> Answer:
    """Judge and publish the payloads that are new, corrected or were held back; a dry run counts them.

    Args:
        parameters: The runbook's parameters.
        identity: Run id and time; new ones by default.
    """
    chosen = identity or new_identity()
    warehouse = parameters.open()
    done = load_landed(
        warehouse,
        source(_SOURCE),
        Landing(parameters.landing),
        _days(parameters),
        now=chosen.now,
        run_id=chosen.run_id,
        dry_run=parameters.dry_run,
    )
    if parameters.dry_run:
        words = f"{done.files - done.known:,} payloads would be loaded, {done.known:,} are; {NOTHING_WRITTEN}"
        return Answer(words, kind="note")
    with warehouse.read() as session:
        restated = session.rows(_RESTATED, {"run_id": chosen.run_id, "table_name": _TABLE})
    headers = ("payloads", *_COUNTED, "lines new or changed")
    counts = (done.files, *(getattr(done, name) for name in _COUNTED), sum(e.rows_inserted for e in done.tables))
    changed = [f"{day}: {lines}" for day, lines in restated]
    return Answer(
        f"run {chosen.run_id}: {done.in_words}",
        [
            Rows(headers, [counts], headers),
            *_oddities(done),
            *_listed("Stored lines that changed, by date", changed, kind="note", most=60),
        ],
        kind="bad" if done.errors else "question" if done.quarantined else "good",
    )


def team_boxscores_held(parameters: NbacTeamBoxscore) -> Answer:
    """The games of the range that are held back, with every rule that they break, and payloads that are refused."""
    with parameters.open().read() as session:
        units = [row for row in held(session, table=_TABLE) if _inside(row["game_date"], parameters)]
        broken = [
            row | {"unit": unit["unit"]}
            for unit in units[:SHOWN]
            for row in details(session, unit["unit"])
            if row["table_name"] == _TABLE
        ]
        refused = [row for row in _query(session, _OUTCOMES, parameters) if row["outcome"] == "refused"]
    words = f"games held back: {len(units):,}, payloads refused: {len(refused):,}"
    if not units and not refused:
        return Answer(words, kind="good")
    parts: list[Part] = [Note("What is stored of them is unchanged.")]
    if broken:
        rows = [(r["game_date"], r["unit"], r["rule"], r["detail"], _file(r["source_file"])) for r in broken]
        parts.append(Rows(("date", "game", "rule", "what breaks it", "file"), rows))
    parts += more(len(units), "backcourt quarantine list")
    if refused:
        unread = [(r["day"], _file(r["path"]), _reason(r)) for r in refused[:SHOWN]]
        parts.append(Rows(("date", "refused", "why"), unread))
    step = [f"backcourt quarantine show {units[0]['unit']}{parameters.option}"] if units else []
    return Answer(words, parts, step, kind="question")


def team_boxscores_proven(parameters: NbacTeamBoxscore) -> Answer:
    """Whether every final game of the range has two lines that make the schedule's score.

    Raises:
        ValidationError: If a check fails; it names every one.
    """
    if parameters.dry_run:
        return skipped("proof")
    with parameters.open().read() as session:
        games = _query(session, _SQL("boxed_games"), parameters)
        strangers = [str(game) for (game,) in session.rows(_SQL("boxed_strangers"), _bounds(parameters))]
        open_payloads = [item for item in _payloads(session, parameters) if item.state in {"new", "corrected"}]
    load, again = _command("load", parameters), f"backcourt quarantine list{parameters.option}"
    why = f"fetch and load what is missing; if it is held back, see why: {again}"
    found = (
        check("every final game has two lines", _games(games, lambda row: row["n"] != _TEAMS), why),
        check(
            "one of them is at home, one away",
            _games(games, lambda row: row["n"] == _TEAMS and row["home"] != 1),
            load,
        ),
        check("each line has the schedule's score", _games(games, lambda row: row["differing"] > 0), load),
        check("the shots of each line make its points", _games(games, lambda row: row["unlike"] > 0), load),
        check("no line of a game that is not final", _named(strangers), "load the schedule again"),
        check("every payload is loaded, or its reason is kept", _named([p.landed.key for p in open_payloads]), load),
    )
    lines, points = sum(row["n"] for row in games), sum(row["points"] or 0 for row in games)
    scored = sum(row["home_team_score"] + row["away_team_score"] for row in games)
    words = f"{len(games):,} final games, {lines:,} lines, {points:,} points, {scored:,} in the schedule"
    return validated(Validation("proof", parameters.span, found), parameters, words=words, error=ValidationError)


def _newest(parameters: NbacTeamBoxscore) -> list[Landed]:
    return Landing(parameters.landing).newest(_SOURCE, _days(parameters))


def _days(parameters: NbacTeamBoxscore) -> list[date]:
    """The dates of the range of which something has landed."""
    return [day for day in Landing(parameters.landing).days(_SOURCE) if _inside(day, parameters)]


def _inside(day: date | None, parameters: NbacTeamBoxscore) -> bool:
    """Whether a date is in the range; what has no date may be."""
    return day is None or parameters.start_date <= day <= parameters.end_date


def _payloads(session: Session, parameters: NbacTeamBoxscore) -> list[_Payload]:
    known: Mapping[tuple[date, str], _Row] = {
        (row["day"], row["payload_key"]): row for row in _query(session, _OUTCOMES, parameters)
    }
    found = []
    for landed in _newest(parameters):
        row = known.get((landed.day, landed.key))
        if row is None:
            state = "new"
        elif row["digest"] != landed.digest:
            state = "corrected"
        else:
            state = "loaded" if row["outcome"] == "loaded" else "held back"
        found.append(_Payload(landed, state))
    return found


def _oddities(done: LandedLoad) -> list[Note]:
    """What a load found wrong or strange, a note each."""
    tables = done.tables
    found: list[tuple[Kind, str]] = [
        *(("question", f"{rule}: {n:,} held back.") for e in tables for rule, n in sorted(e.rules.items())),
        *(
            ("question", f"{odd}: {n:,} loaded with this warning.")
            for e in tables
            for odd, n in sorted(e.warnings.items())
        ),
        *(("bad", f"incomplete: {path}: {why}") for path, why in list(done.incomplete.items())[:SHOWN]),
        *(("bad", entry.error) for entry in tables if entry.error),
        *(
            ("question", f"{name} in {n:,} payloads: the service has changed, or they are damaged.")
            for name, n in sorted(done.changed.items())
        ),
        *(("question", f"{name} is in {n:,} payloads and is not read.") for name, n in sorted(done.unmapped.items())),
    ]
    return [Note(text, kind) for kind, text in found]


def _query(session: Session, sql: str, parameters: NbacTeamBoxscore) -> list[_Row]:
    rows: list[_Row] = session.query(sql, _bounds(parameters)).to_pylist()
    return rows


def _bounds(parameters: NbacTeamBoxscore) -> Mapping[str, date]:
    return {"start": parameters.start_date, "end": parameters.end_date}


def _command(what: str, parameters: NbacTeamBoxscore) -> str:
    usual = parameters.landing == settings().landing or is_secret(parameters.landing)
    place = "" if usual else f" --landing {shlex.quote(parameters.landing)}"
    return f"backcourt {what} {_SOURCE} {parameters.dates}{place}{parameters.option}"


def _games(games: Sequence[_Row], bad: Callable[[_Row], bool]) -> str:
    return _named([f"{row['game_date']} {row['game_id']} ({_teams(row)})" for row in games if bad(row)])


def _teams(row: _Row) -> str:
    return f"{row['away_team_tricode']} at {row['home_team_tricode']}"


def _named(found: Sequence[str], most: int = 5) -> str:
    return ", ".join(found[:most]) + (f" and {len(found) - most:,} more" if len(found) > most else "")


def _listed(label: str, found: Sequence[str], *, kind: Kind = "question", most: int = SHOWN) -> list[Note]:
    return [Note(f"{label}: {_named(found, most)}.", kind)] if found else []


def _file(path: str | None) -> str:
    return (path or "").rpartition("/")[2]


def _reason(row: _Row) -> str:
    """Why a payload is refused, without its path."""
    return str(row["detail"]).replace(str(row["path"]), "it")
