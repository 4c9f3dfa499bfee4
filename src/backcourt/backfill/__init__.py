"""Plan and run computations over ranges of dates; failures and ledger. Its statements are in ``sql``."""

from backcourt.catalog.views import SqlFiles
from backcourt.processors.failures import DATE_LEVEL

SQL = SqlFiles("backcourt.backfill", parts={"date_level": f"'{DATE_LEVEL}'"})
"""The statements of the engine."""
