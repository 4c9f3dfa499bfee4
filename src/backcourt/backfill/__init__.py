"""The engine: plans and runs computations over ranges of dates. Its SQL is in ``sql``."""

from backcourt.catalog.views import SqlFiles
from backcourt.processors.failures import DATE_LEVEL
from backcourt.processors.lineage import EVERYTHING

CALENDAR = "plan_calendar"
"""Where the scheduled dates are staged."""
VANISHED_DETAIL = "no longer a game date"
"""Why a date is due if all its games were postponed or moved."""
SQL = SqlFiles(
    "backcourt.backfill",
    parts={
        "date_level": f"'{DATE_LEVEL}'",
        "calendar": f"nba_staging.{CALENDAR}",
        "everything": str(EVERYTHING),
        "vanished_detail": VANISHED_DETAIL,
    },
)
"""The statements of the engine."""
