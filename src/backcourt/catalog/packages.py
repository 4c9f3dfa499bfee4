"""Processors of other packages: modules named in BACKCOURT_PROCESSORS, each with its own PROCESSORS."""

from __future__ import annotations

import os
from functools import lru_cache
from importlib import import_module
from typing import Any

from backcourt.errors import BackcourtError

VARIABLE = "BACKCOURT_PROCESSORS"
"""Environment variable with the names of modules, separated by commas."""


@lru_cache(maxsize=1)
def processors_of_packages() -> tuple[Any, ...]:
    """The processors that other packages declare, in the order in which these are named.

    Raises:
        BackcourtError: If a module cannot be imported, or declares none.
    """
    found: list[Any] = []
    for name in filter(None, (part.strip() for part in os.environ.get(VARIABLE, "").split(","))):
        try:
            found += import_module(name).PROCESSORS
        except (ImportError, AttributeError) as error:
            raise BackcourtError(
                f"{VARIABLE} names {name}, which declares no PROCESSORS: {error}",
                next_step=f"correct the variable, or unset it: unset {VARIABLE}",
            ) from error
    return tuple(found)
