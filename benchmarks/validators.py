"""Run every validator over a range in one process, as an operator who wants to know everything would.

python benchmarks/validators.py WAREHOUSE FIRST LAST
"""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from backcourt.calendar import DateRange
from backcourt.integrity.gaps import find_gaps
from backcourt.integrity.preflight import preflight
from backcourt.integrity.rates import rates
from backcourt.integrity.validation import contamination, coverage, everything, readiness
from backcourt.settings import load
from backcourt.warehouse.duckdb import DuckDBWarehouse


def main() -> int:
    """The worst exit status of them all."""
    path, first, last = sys.argv[1:]
    warehouse, span = DuckDBWarehouse(Path(path)), DateRange(date.fromisoformat(first), date.fromisoformat(last))
    statuses = [preflight(warehouse, span, load(warehouse=path)).exit_code]
    with warehouse.read() as session:
        statuses.append(readiness(session, span).exit_code)
        statuses.append(coverage(session, span)[0].exit_code)
        rates(session, span)
        statuses.append(contamination(session, span)[0].exit_code)
        statuses.append(find_gaps(session, span).exit_code)
        statuses.append(everything(session, span)[0].exit_code)
    return max(statuses)


if __name__ == "__main__":
    sys.exit(main())
