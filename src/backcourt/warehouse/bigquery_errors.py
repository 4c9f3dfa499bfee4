"""What the BigQuery client raises, as errors for people: credentials, rights, names, limits, a refused statement."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from backcourt.errors import (
    BackcourtError,
    QueryError,
    QueryInterruptedError,
    TimeLimitError,
    WarehouseError,
    one_line,
)
from backcourt.warehouse.duckdb_errors import StatementError
from backcourt.warehouse.holders import lost

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
    except (api.RetryError, http.RequestException, auth.TransportError, OSError) as error:
        raise WarehouseError(
            f"{name} does not answer: {said_by(error)}",
            next_step="check the network, and BACKCOURT_BIGQUERY_ENDPOINT if it is set, and try again",
        ) from error
    except auth.GoogleAuthError as error:
        said = said_by(error)
        step = _ACT_AS if "iam.serviceAccounts" in said else _LOGIN
        raise WarehouseError(f"{name}: there are no valid credentials: {said}", next_step=step) from error
    except api.GoogleAPIError as error:
        raise _of_service(name, error) from error


def reason_of(error: BaseException) -> str:
    """The reason that the service gave; "" if it gave none."""
    found = getattr(error, "errors", None) or [{}]
    return str(found[0].get("reason", "")) if isinstance(found[0], dict) else ""


def aborted(error: Exception) -> bool:
    """True if the service ended a transaction because another one changed the same table: it can be sent again."""
    return _ABORTED.search(str(error)) is not None


_LOGIN = "log in with: gcloud auth application-default login, or name a key file in GOOGLE_APPLICATION_CREDENTIALS"
_ACT_AS = "grant the role Service Account Token Creator on that account to whoever runs this"
_GRANT = "grant it to the identity that runs this: the roles BigQuery Data Editor and BigQuery Job User have it"
_KNOWN: tuple[tuple[str, type[BackcourtError], str, str], ...] = (
    (
        r"quota|rateLimitExceeded|Exceeded rate limits",
        WarehouseError,
        "a quota is used up",
        "wait and run the same command again, or ask for more in the console under IAM & Admin, Quotas",
    ),
    (
        r"bytesBilledLimitExceeded|bytes billed",
        QueryError,
        "a statement would read more than allowed",
        "allow more with BACKCOURT_BIGQUERY_MAX_BYTES, or take a shorter range",
    ),
    (
        r"accessNotConfigured|has not been used|is disabled|has not enabled BigQuery",
        WarehouseError,
        "the API is off",
        "turn the BigQuery API on: gcloud services enable bigquery.googleapis.com",
    ),
    (
        r"billingNotEnabled|billing has not been enabled|billing account",
        WarehouseError,
        "the project has no billing",
        "link a billing account to it, or name one that pays in BACKCOURT_BIGQUERY_BILLING_PROJECT",
    ),
    (
        r"timed out",
        TimeLimitError,
        "a job took too long",
        "take a shorter range, or give it longer with --timeout",
    ),
    (r"cancel+ed|stopped", QueryInterruptedError, "the statement was stopped while it ran", "run it again"),
    (
        r"resourcesExceeded|Resources exceeded",
        QueryError,
        "a statement needs more than the service gives",
        "take a shorter range",
    ),
    (
        r"too large|uploadTooLarge|responseTooLarge",
        QueryError,
        "more was sent or asked for than the service takes at once",
        "take a shorter range",
    ),
    (
        r"Not found: Dataset",
        WarehouseError,
        "a dataset is not there",
        "check BACKCOURT_BIGQUERY_LOCATION and BACKCOURT_BIGQUERY_DATASET_PREFIX; load makes datasets",
    ),
    (
        r"Not found: Table",
        WarehouseError,
        "a table is not there",
        "load makes tables that are missing; staged ones are gone after BACKCOURT_BIGQUERY_STAGING_HOURS",
    ),
    (
        r"Not found: Project|unknown project|project .{0,80} not found|ProjectId",
        WarehouseError,
        "the project is not there",
        "check the id behind bigquery:// and BACKCOURT_BIGQUERY_BILLING_PROJECT; gcloud projects list shows yours",
    ),
    (
        r"policyViolation|VPC Service Controls",
        WarehouseError,
        "a policy of the organisation forbids it",
        "ask who administers it, with the identifier that the service gave, or run it inside the perimeter",
    ),
    (
        r"concurrent update|aborted due to",
        WarehouseError,
        "other runs change the same table again and again",
        "run the same command again when they have ended: it goes on from what was published",
    ),
    (
        r"location|Invalid value for: .* is not a valid value",
        WarehouseError,
        "the location does not fit",
        "check BACKCOURT_BIGQUERY_LOCATION: datasets stay where they were made",
    ),
)
"""What the service's reasons and words mean, whatever status they come with: kind of error, words and next step."""


def _of_service(name: str, error: Exception) -> BackcourtError:
    """The error for people of what the service answered."""
    from google.api_core import exceptions as api

    said, reason = said_by(error), reason_of(error)
    if mine := lost(said):
        return mine
    right = _RIGHT.search(said)
    named = right[1] if right else "bigquery.tables.getData" if "permission to query table" in said else ""
    missing = f"the right {named} is missing" if named else "a right is missing"
    by_status: tuple[tuple[tuple[type[Exception], ...], str, str], ...] = (
        ((api.Unauthorized,), "the credentials are refused", _LOGIN),
        (
            (api.Forbidden,),
            missing,
            "grant it to the identity that runs this: BigQuery Data Editor and Job User have it",
        ),
        ((api.NotFound,), "something is not there", "check the project, the location and the names; load makes tables"),
        (
            (api.TooManyRequests, api.ServerError),
            "the service cannot answer now",
            "try again later: what was published stays, and the same command goes on from there",
        ),
    )
    # A location that the service does not offer is refused as if a right were missing.
    denied = reason == "accessDenied" and "is not yet publicly available" not in said
    refused = denied or isinstance(error, api.Unauthorized)
    for pattern, kind, words, step in () if refused else _KNOWN:
        if re.search(pattern, f"{reason}: {said}", re.IGNORECASE):
            return kind(f"{name}: {words}: {said}", next_step=step)
    for kinds, words, step in by_status:
        if isinstance(error, kinds):
            return WarehouseError(f"{name}: {words}: {said}", next_step=step)
    return StatementError(name, said, missing="Unrecognized name" in said)


def said_by(error: Exception) -> str:
    """What the service said, on one line, without the address that was asked and what follows from the job's id."""
    text = str(getattr(error, "message", "") or "; ".join(map(str, error.args)) or error)
    text = re.sub(r"^(\d+ )?(GET|POST|PUT|PATCH|DELETE) \S+: ", "", text)
    text = re.sub(r"\s*Location: \S+\s*Job ID: (\S+)", r" (job \1)", text)
    return one_line(re.sub(r"; reason: \w+, .*?(?= \(job |$)", "", text, flags=re.DOTALL))
