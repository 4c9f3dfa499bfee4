"""Are the packages there that runbooks need; the command without them says how to get them."""

from __future__ import annotations

from importlib.util import find_spec

from backcourt.errors import BackcourtError

PACKAGES = ("pydantic", "papermill", "nbclient", "nbconvert", "nbformat", "ipykernel", "matplotlib")
"""Importable names of the extra ``runbooks``."""


class MissingExtraError(BackcourtError):
    """Runbooks are used without the packages that they need."""


def require() -> None:
    """Check that every package of the extra can be imported, without importing it.

    Raises:
        MissingExtraError: If one is missing; it says how to install the extra.
    """
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise MissingExtraError(
            f"runbooks need packages that are not installed: {', '.join(missing)}",
            next_step='install them with: pip install "backcourt[runbooks]"',
        )
