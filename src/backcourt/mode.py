"""The 13 behaviours of backfill mode as data, and the policy that each mode turns them into.

Code asks the policy, never the mode's name. The reference page and ``backcourt mode show`` are read from here; where a
behaviour is decided is found in the source: wherever one of its fields is read from a policy.
"""

from __future__ import annotations

import ast
import difflib
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from backcourt.errors import BackcourtError, UnknownNameError

ModeName = Literal["daily", "backfill"]
CANONICAL = "backfill_mode"
ALIASES: Mapping[str, str] = {
    "is_backfill": "deprecated, use backfill_mode",
    "skip_downstream_trigger": "implies backfill_mode",
}
"""Options that stand for the canonical one, and what a user of them is told."""
OPTIONS = (CANONICAL, *ALIASES)
"""Every option that decides the mode, beside ``mode`` itself, which takes a name."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What one mode does; every field belongs to one behaviour.

    Attributes:
        name: "daily" or "backfill", for the ledger and for people; no code decides by it.
        missing_upstream: What happens when a critical upstream has nothing for a date: the run fails before anything
            is written, or the date fails as MISSING_DEPENDENCY and the others go on.
        completeness_percent: Percent of the games in a window whose upstream rows must be there; None: recorded only.
        defensive_checks: Whether a missing date in the look-back stops the run or is a warning.
        notify: When somebody is told: on every problem, or once per run.
        min_players: Players that a game date needs in a Phase 3 table.
        min_teams: Teams that a game date needs in a Phase 3 table.
        min_percent: Percent of what the schedule implies, which is enough where it is fewer.
        control_timeout_seconds: Time limit of the engine's own checks.
        breaker: True if the circuit breaker is consulted.
        record_attempts: True if reprocess attempts are recorded per entity.
        trigger_downstream: True if the completion event is published.
        max_age_days: Days before today that a date may lie; None: any date.
        stale_upstream: Whether an upstream past its limit stops the run or is a warning.
        expected_minimum: Whether the expected count is the source's own minimum, scaled by games, or 1.
    """

    name: ModeName
    missing_upstream: Literal["fail_run", "fail_date"]
    completeness_percent: int | None
    defensive_checks: Literal["stop", "warn"]
    notify: Literal["each", "summary"]
    min_players: int
    min_teams: int
    min_percent: int
    control_timeout_seconds: int
    breaker: bool
    record_attempts: bool
    trigger_downstream: bool
    max_age_days: int | None
    stale_upstream: Literal["fail", "warn"]
    expected_minimum: Literal["source", "one"]


DAILY = Policy(
    name="daily",
    missing_upstream="fail_run",
    completeness_percent=90,
    defensive_checks="stop",
    notify="each",
    min_players=100,
    min_teams=10,
    min_percent=90,
    control_timeout_seconds=300,
    breaker=True,
    record_attempts=True,
    trigger_downstream=True,
    max_age_days=90,
    stale_upstream="fail",
    expected_minimum="source",
)
"""The policy of the scheduled job for yesterday."""

BACKFILL = Policy(
    name="backfill",
    missing_upstream="fail_date",
    completeness_percent=None,
    defensive_checks="warn",
    notify="summary",
    min_players=20,
    min_teams=5,
    min_percent=50,
    control_timeout_seconds=60,
    breaker=False,
    record_attempts=False,
    trigger_downstream=False,
    max_age_days=None,
    stale_upstream="warn",
    expected_minimum="one",
)
"""The policy of a run over history; the default of ``backcourt run``."""

POLICIES: Mapping[str, Policy] = {policy.name: policy for policy in (DAILY, BACKFILL)}


@dataclass(frozen=True, slots=True)
class Behaviour:
    """One thing in which the modes differ, or are the same on purpose.

    Attributes:
        number: 1 to 13, as in every list of them.
        key: Short name, for links.
        title: What it is about.
        daily: What daily mode does.
        backfill: What backfill mode does.
        why: Why they differ.
        fields: Fields of the policy that carry it; a function that reads one of them decides it. Empty for the one
            that decides which policy there is.
    """

    number: int
    key: str
    title: str
    daily: str
    backfill: str
    why: str
    fields: tuple[str, ...]


BEHAVIOURS: tuple[Behaviour, ...] = (
    Behaviour(
        1,
        "dependency-check",
        "Dependency check",
        daily="Every upstream is checked: rows, freshness and age. A missing critical one fails the run.",
        backfill="One existence check over the upstreams and dates of a chunk. A date without upstream fails as "
        "MISSING_DEPENDENCY; the other dates continue.",
        why="History does not become fresher, and one missing date must not cost a season. Existence is cheap and "
        "always checked: a row built on nothing looks good.",
        fields=("missing_upstream",),
    ),
    Behaviour(
        2,
        "completeness-check",
        "Completeness check",
        daily="Per entity and window, 90 % of the games must have their analytics rows; under it the row is withheld. "
        "A game not played is not expected.",
        backfill="Not enforced. The real counts are recorded, never an invented 100 %.",
        why="A window is counted once per entity and date, which is most of the work of a slow backfill; the counts "
        "stay so that gaps can be found afterwards.",
        fields=("completeness_percent",),
    ),
    Behaviour(
        3,
        "defensive-checks",
        "Defensive checks",
        daily="The previous game date's upstream run must have succeeded and no game date may be missing in the "
        "look-back, else the run stops.",
        backfill="Reported as warnings.",
        why="A backfill often runs because dates are missing; stopping for them would stop the repair.",
        fields=("defensive_checks",),
    ),
    Behaviour(
        4,
        "notifications",
        "Notifications",
        daily="Sent on a missing dependency, stale data or a failure.",
        backfill="One summary per run.",
        why="A thousand dates with an expected failure each are a thousand messages that no one reads.",
        fields=("notify",),
    ),
    Behaviour(
        5,
        "thresholds",
        "Thresholds",
        daily="A game date needs 100 players and 10 teams, or 90 % of what the schedule implies where that is fewer.",
        backfill="A game date needs 20 players and 5 teams, or 50 % of what the schedule implies where that is fewer.",
        why="Old sources are thinner; a date that is half empty is damaged in either mode.",
        fields=("min_players", "min_teams", "min_percent"),
    ),
    Behaviour(
        6,
        "control-query-timeout",
        "Control-query timeout",
        daily="The engine's own checks may take 300 s.",
        backfill="The engine's own checks may take 60 s.",
        why="Checks of history are simple; one that hangs should not hold a long run.",
        fields=("control_timeout_seconds",),
    ),
    Behaviour(
        7,
        "circuit-breaker",
        "Circuit breaker",
        daily="An entity that failed 3 times is skipped for 7 days; a processor with 5 failed runs in a row is skipped "
        "for 30 minutes.",
        backfill="Not consulted.",
        why="A backfill is how a tripped entity is repaired.",
        fields=("breaker",),
    ),
    Behaviour(
        8,
        "reprocess-attempts",
        "Reprocess attempts",
        daily="Recorded per entity.",
        backfill="Not recorded.",
        why="Attempts over history would trip the breaker of the daily job.",
        fields=("record_attempts",),
    ),
    Behaviour(
        9,
        "downstream-trigger",
        "Downstream trigger",
        daily="The completion event is published.",
        backfill="Not published.",
        why="Downstream jobs would start once for every date; a backfill runs them itself, phase by phase.",
        fields=("trigger_downstream",),
    ),
    Behaviour(
        10,
        "historical-date",
        "Historical date",
        daily="A date older than 90 days is refused.",
        backfill="Accepted.",
        why="In the daily job an old date is a mistake in the schedule; in a backfill it is the purpose.",
        fields=("max_age_days",),
    ),
    Behaviour(
        11,
        "stale-upstream",
        "Stale upstream",
        daily="An upstream past its source's limit fails the run.",
        backfill="A warning; the run continues.",
        why="What was loaded long ago is stale by the clock, but complete.",
        fields=("stale_upstream",),
    ),
    Behaviour(
        12,
        "expected-count",
        "Expected count",
        daily="The source's own minimum, scaled by the games scheduled.",
        backfill="1, and the output checks.",
        why="The minima describe today's sources, not those of a past season.",
        fields=("expected_minimum",),
    ),
    Behaviour(
        13,
        "option-validation",
        "Option validation",
        daily="An unknown spelling (`backfill`, `isBackfill`, `is_back_fill`, `backfillMode`) is an error that names "
        "the right key.",
        backfill="The same.",
        why="A misspelt option that is ignored silently runs the other mode.",
        fields=(),
    ),
)
"""Every behaviour, by number. The rule behind them: skip what is expensive, keep what is cheap."""


def resolve(options: Mapping[str, object] | None = None, *, configured: Mapping[str, object] | None = None) -> Policy:
    """The policy of a run, decided once for every phase.

    Args:
        options: Options of the caller: ``backfill_mode``, or one of ``ALIASES``; ``mode`` with a mode's name is what
            ``--mode`` gives. Other options, and None, say nothing about the mode.
        configured: The same options from the settings, which count where the caller's say nothing.

    Returns:
        ``BACKFILL`` unless something says otherwise.

    Raises:
        UnknownNameError: If an option looks like a misspelling of the mode's, or a mode does not exist.
        BackcourtError: If a value is not a truth value, or two options contradict each other.
    """
    for given in (options or {}, configured or {}):
        check_options(given)
        said = _said(given)
        if len(set(said.values())) > 1:
            raise BackcourtError(
                "options contradict each other about the mode: " + ", ".join(f"{k} = {given[k]!r}" for k in said),
                next_step=f"keep one of them, best {CANONICAL}",
            )
        if said:
            return BACKFILL if next(iter(said.values())) else DAILY
    return BACKFILL


def _said(options: Mapping[str, object]) -> dict[str, bool]:
    """For each option that says something about the mode, whether it says backfill."""
    said: dict[str, bool] = {}
    if options.get("mode") is not None:
        said["mode"] = _mode(str(options["mode"])) is BACKFILL
    for key in OPTIONS:
        if options.get(key) is not None:
            said[key] = _truth(key, options[key])
    if said.get("skip_downstream_trigger") is False:
        # Not skipping the trigger says nothing about the mode.
        del said["skip_downstream_trigger"]
    if "is_backfill" in said:
        warnings.warn(f"the option is_backfill is {ALIASES['is_backfill']}", DeprecationWarning, stacklevel=3)
    return said


def check_options(options: Iterable[str]) -> None:
    """Refuse an option that is a misspelling of the mode's: ignored, it would run the other mode without a word.

    Args:
        options: Names of options; those that have nothing to do with the mode pass.

    Raises:
        UnknownNameError: Naming the right key.
    """
    known = ("mode", *OPTIONS)
    plain_known = {name.replace("_", "") for name in OPTIONS}
    for key in options:
        plain = key.casefold().replace("_", "").replace("-", "")
        if key not in known and ("backfill" in plain or difflib.get_close_matches(plain, plain_known, cutoff=0.85)):
            raise UnknownNameError("option", key, known, next_step=f"the mode's option is {CANONICAL}")


def _mode(name: str) -> Policy:
    try:
        return POLICIES[name.strip().casefold()]
    except KeyError:
        raise UnknownNameError("mode", name, POLICIES) from None


def _truth(key: str, value: object) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return words[str(value).strip().casefold()]
    except KeyError:
        raise BackcourtError(
            f"option {key} is {value!r}, which is not a truth value", valid=["true", "false"]
        ) from None


@dataclass(frozen=True, slots=True)
class Decider:
    """A function that decides a behaviour.

    Attributes:
        name: Dotted name, ``backcourt.backfill.checks.admit``.
        path: File below the package's folder, with ``/``.
        line: Line of its definition, from 1.
    """

    name: str
    path: str
    line: int


@lru_cache(maxsize=1)
def deciders() -> Mapping[int, tuple[Decider, ...]]:
    """For each behaviour's number the functions that read one of its fields from a policy, in order of file and line.

    They are found in the source of the installed package. A behaviour without one is not enforced yet.
    """
    package = Path(__file__).parent
    field_of = {name: behaviour.number for behaviour in BEHAVIOURS for name in behaviour.fields}
    found: dict[int, dict[Decider, None]] = {behaviour.number: {} for behaviour in BEHAVIOURS}
    for path in sorted(package.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        own = path.name == "mode.py"
        if "policy." not in source and not own:
            continue
        relative = path.relative_to(package)
        module = ".".join((package.name, *relative.with_suffix("").parts)).removesuffix(".__init__")
        for name, function in _functions(ast.parse(source)):
            decider = Decider(f"{module}.{name}", relative.as_posix(), function.lineno)
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and _is_policy(node.value) and node.attr in field_of:
                    found[field_of[node.attr]][decider] = None
            if own and name == check_options.__name__:
                for behaviour in BEHAVIOURS:
                    if not behaviour.fields:
                        found[behaviour.number][decider] = None
    return {number: tuple(items) for number, items in found.items()}


def enforced(behaviour: Behaviour) -> bool:
    """True if some function of the package decides the behaviour today."""
    return bool(deciders()[behaviour.number])


def _functions(tree: ast.Module) -> list[tuple[str, ast.FunctionDef]]:
    """Every function and method with its name below the module."""
    found: list[tuple[str, ast.FunctionDef]] = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found.append((node.name, node))
        elif isinstance(node, ast.ClassDef):
            found += [(f"{node.name}.{item.name}", item) for item in node.body if isinstance(item, ast.FunctionDef)]
    return found


def _is_policy(node: ast.expr) -> bool:
    """``policy`` or ``something.policy``."""
    return (isinstance(node, ast.Name) and node.id == "policy") or (
        isinstance(node, ast.Attribute) and node.attr == "policy"
    )
