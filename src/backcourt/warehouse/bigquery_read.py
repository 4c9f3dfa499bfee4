"""Rows of a question as Arrow: large results through the Storage Read API, where that is installed and allowed."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from backcourt.answers.terminal import say
from backcourt.settings import Settings
from backcourt.warehouse.bigquery_client import FIRST_CONTACT, credentials, first_contact
from backcourt.warehouse.bigquery_errors import said_by

if TYPE_CHECKING:
    import pyarrow as pa

LARGE = 10_000
"""Rows from which on the Storage Read API is asked: below, opening a session takes longer than a page or two."""


@dataclass(slots=True)
class ResultReader:
    """Reads results; the first refusal of the Storage Read API is the last.

    Attributes:
        settings: Whether the service is an emulator, and where its Storage Read API is.
        hint: Told once if large results have to come in a slower way.
    """

    settings: Settings
    hint: Callable[[str], None] = field(default=partial(say, aside=True))
    _works: bool = True

    def arrow(self, result: Callable[[], Any]) -> pa.Table:
        """The rows of a job that has ended well.

        Args:
            result: Its rows as the client gives them, from the first on each time.
        """
        from google.api_core.exceptions import GoogleAPIError

        rows = result()
        if self._works and self._is_there and (rows.total_rows or 0) >= LARGE:
            try:
                return rows.to_arrow(bqstorage_client=storage_client(self.settings))
            except GoogleAPIError as error:
                self._works = False
                needed = "it needs the right bigquery.readsessions.create (role BigQuery Read Session User)"
                self.hint(f"large results come by REST, which takes longer: {said_by(error)}; {needed}")
                rows = result()
        return rows.to_arrow(create_bqstorage_client=False)

    @property
    def _is_there(self) -> bool:
        """True if the package is installed, and an emulator has it too."""
        emulated, address = self.settings.bigquery_endpoint, self.settings.bigquery_storage_endpoint
        return (not emulated or bool(address)) and find_spec("google.cloud.bigquery_storage") is not None


@functools.cache
def storage_client(settings: Settings) -> Any:  # noqa: ANN401
    """A client of the Storage Read API, which gives up where nobody answers as the first contact does."""
    from google.cloud.bigquery_storage_v1 import BigQueryReadClient

    # Untyped, so that it does not matter to the types whether the package is installed.
    base: Any = BigQueryReadClient

    class Impatient(base):  # type: ignore[misc]
        """The client's own patience is ten minutes, also where a network lets no gRPC through."""

        def create_read_session(self, **asked: Any) -> Any:  # noqa: ANN401
            """Open a session."""
            return super().create_read_session(**{"retry": first_contact(), "timeout": FIRST_CONTACT} | asked)

    client: Any = Impatient
    if not settings.bigquery_storage_endpoint:
        return client(credentials=credentials(settings))
    import grpc
    from google.cloud.bigquery_storage_v1.services.big_query_read.transports import BigQueryReadGrpcTransport

    unlimited = [("grpc.max_receive_message_length", -1)]
    channel = grpc.insecure_channel(settings.bigquery_storage_endpoint, options=unlimited)
    return client(transport=BigQueryReadGrpcTransport(channel=channel))
