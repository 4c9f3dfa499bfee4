"""A client of a project: standard credentials, an emulator's address, and how long it is waited for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from backcourt.errors import SettingsError
from backcourt.settings import Settings
from backcourt.warehouse.bigquery_errors import errors_for_people, reason_of
from backcourt.warehouse.bigquery_names import address

if TYPE_CHECKING:
    from google.api_core.retry import Retry
    from google.cloud import bigquery

FIRST_CONTACT, ANSWER = 10.0, 120.0
"""Seconds for which a service that has not answered yet, and one that has, is tried again."""
_SCOPES = ("https://www.googleapis.com/auth/cloud-platform",)
_TRANSIENT = frozenset(
    {
        *("backendError", "internalError", "rateLimitExceeded", "badGateway"),
        *("jobBackendError", "jobInternalError", "jobRateLimitExceeded"),
    }
)
"""Reasons after which the same work may be done: those that Google's own clients repeat."""


def connect(project: str, settings: Settings) -> bigquery.Client:
    """A client with the standard credentials; anonymous only towards an endpoint on this machine.

    Raises:
        SettingsError: If the extra is not installed.
        WarehouseError: If there are no credentials.
    """
    try:
        from google.cloud import bigquery
    except ImportError as error:
        raise SettingsError(
            f"{address(project)} needs packages that are not installed",
            next_step='pip install "backcourt[bigquery]"',
        ) from error
    endpoint = settings.bigquery_endpoint
    with errors_for_people(address(project)):
        return bigquery.Client(
            project=settings.bigquery_billing_project or project,
            credentials=credentials(settings),
            location=settings.bigquery_location,
            client_options={"api_endpoint": endpoint} if endpoint else None,
        )


def credentials(settings: Settings) -> Any:  # noqa: ANN401
    """Whose rights count; None for the standard ones, which the client finds itself."""
    from google.auth import default, impersonated_credentials
    from google.auth.credentials import AnonymousCredentials

    if is_local(settings):
        return AnonymousCredentials()  # type: ignore[no-untyped-call]
    account = settings.bigquery_impersonate
    if not account:
        return None
    own, _ = default(scopes=_SCOPES)
    return impersonated_credentials.Credentials(  # type: ignore[no-untyped-call]
        source_credentials=own, target_principal=account, target_scopes=_SCOPES
    )


def is_local(settings: Settings) -> bool:
    """True if the service is an emulator on this machine, which gets no credentials."""
    return (settings.bigquery_endpoint or "").startswith(("http://127.0.0.1:", "http://localhost:"))


def first_contact() -> Retry:
    """How a first request is repeated: for seconds, not for the client's ten minutes."""
    from google.api_core.retry import Retry

    return Retry(predicate=is_transient, timeout=FIRST_CONTACT)


def patient() -> Retry:
    """How a request to a service that has answered before is repeated."""
    return first_contact().with_timeout(ANSWER)


def is_transient(error: BaseException) -> bool:
    """True if the same request may be answered in a moment.

    Where the service names a reason, that decides: a status alone is ambiguous.
    """
    from google.api_core import exceptions as api
    from google.auth import exceptions as auth
    from requests import exceptions as http

    if isinstance(error, http.SSLError):
        return False
    if isinstance(error, api.NotFound) and "Not found: Job" in str(error):
        return True  # it is not known everywhere at once
    reason = reason_of(error)
    if reason:
        return reason in _TRANSIENT
    answers = (api.TooManyRequests, api.InternalServerError, api.BadGateway, api.ServiceUnavailable, api.GatewayTimeout)
    lost = (http.ConnectionError, http.Timeout, http.ChunkedEncodingError, auth.TransportError, OSError)
    return isinstance(error, (*answers, *lost))
