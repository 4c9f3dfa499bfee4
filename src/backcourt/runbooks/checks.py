"""How a runbook's checks end it: they are the validators' own, and a broken one is an error that names it."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from backcourt.answers.model import Check
from backcourt.errors import BackcourtError, one_line
from backcourt.runbooks.parameters import Parameters
from backcourt.settings import load

_LONGEST = 120
"""Characters of what one of several broken checks has found; the step's table has all of it."""


class PreflightError(BackcourtError):
    """What a runbook needs is not there."""

    exit_code = 1


class ValidationError(BackcourtError):
    """What a runbook wrote breaks a check."""

    exit_code = 1


def check(name: str, problem: str = "", next_step: str = "") -> Check:
    """A check of a runbook's own.

    Args:
        name: What must hold.
        problem: What does not hold; "" if it does.
        next_step: What to do about it.
    """
    return Check(name, "problem" if problem else "ok", problem, next_step if problem else "")


def stop_if(checks: Iterable[Check], error: type[BackcourtError]) -> None:
    """Raise the error if a check failed; it names every one and the first next step."""
    broken = [check for check in checks if not check.passed]
    if broken:
        raise error(
            "; ".join(f"{check.name}: {one_line(check.found, _LONGEST)}" for check in broken),
            next_step=next((check.next_step for check in broken if check.next_step), ""),
        )


def warehouse_flag(parameters: Parameters) -> str:
    """The option that names the warehouse, if it is not the one of the settings."""
    if parameters.warehouse == load().warehouse:
        return ""
    return f" --warehouse {shlex.quote(parameters.warehouse)}"
