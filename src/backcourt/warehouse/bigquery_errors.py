"""What the BigQuery client raises, as errors for people: credentials, rights, names, limits, a refused statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from backcourt.errors import BackcourtError, QueryError, QueryInterruptedError, WarehouseError, one_line
from backcourt.warehouse.duckdb_errors import StatementError

_RIGHT = re.compile(r"\b(bigquery\.[A-Za-z]+\.[A-Za-z]+)\b")
_ABORTED = re.compile("concurrent update|conflict|aborted due to", re.IGNORECASE)


@contextmanager
def errors_for_people(name: str) -> Iterator[None]:
    """Turn what the client raises into errors for people.

    Args:
        name: The warehouse, bigquery://PROJECT.
    """
    from google.api_core import exceptions as api
    from google.auth import exceptions as auth
    from requests import exceptions as http

    try:
        yield
    except (auth.DefaultCredentialsError, auth.RefreshError) as error:
        raise WarehouseError(
            f"{name}: there are no valid credentials: {_said(error)}",
            next_step=_LOGIN,
        ) from error
    except (api.RetryError, http.ConnectionError, http.Timeout, auth.TransportError, ConnectionError) as error:
        raise WarehouseError(
            f"{name} does not answer: {_said(error)}",
            next_step="check the network, and BACKCOURT_BIGQUERY_ENDPOINT if it is set, and try again",
        ) from error
    except api.GoogleAPIError as error:
        raise _of_service(name, error) from error


def aborted(error: Exception) -> bool:
    """True if the service ended a transaction because another one changed the same table: it can be sent again."""
    return _ABORTED.search(str(error)) is not None


_LOGIN = "log in with: gcloud auth application-default login, or name a key file in GOOGLE_APPLICATION_CREDENTIALS"
_KNOWN: tuple[tuple[str, type[BackcourtError], str, str], ...] = (
    (r"quota|rateLimitExceeded|Exceeded rate limits", WarehouseError, "a quota is used up", "wait, or ask for more"),
    (
        r"bytesBilledLimitExceeded|bytes billed",
        QueryError,
        "a statement would read more than allowed",
        "allow more with BACKCOURT_BIGQUERY_MAX_BYTES, or take a shorter range",
    ),
    (
        r"has not been used|is disabled|accessNotConfigured",
        WarehouseError,
        "the API is off",
        "turn the BigQuery API on",
    ),
    (r"cancel+ed|stopped", QueryInterruptedError, "the statement was stopped while it ran", ""),
)
"""What the service's words mean, whatever status they come with: kind of error, words and next step."""


def _of_service(name: str, error: Exception) -> BackcourtError:
    """The error for people of what the service answered."""
    from google.api_core import exceptions as api

    said = _said(error)
    right = _RIGHT.search(said)
    missing = f"the right {right[1]} is missing" if right else "a right is missing"
    by_status: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
        ((api.Unauthorized,), "the credentials are refused", _LOGIN),
        ((api.Forbidden,), missing, "grant it to the identity that runs this"),
        ((api.NotFound,), "something is not there", "check the project, the location and the names; load makes tables"),
        (
            (api.TooManyRequests, api.ServerError),
            "the service cannot answer now",
            "try again later: what was published stays, and the same command goes on from there",
        ),
    )
    for pattern, kind, words, step in _KNOWN:
        if re.search(pattern, said):
            return kind(f"{name}: {words}: {said}", next_step=step)
    for kinds, words, step in by_status:
        if isinstance(error, kinds):
            return WarehouseError(f"{name}: {words}: {said}", next_step=step)
    return StatementError(Path(name), said, missing="Unrecognized name" in said)


def _said(error: Exception) -> str:
    """What the service said, on one line, without the address that was asked."""
    text = str(getattr(error, "message", "") or error)
    return one_line(re.sub(r"^(GET|POST|PUT|PATCH|DELETE) \S+: ", "", text))
