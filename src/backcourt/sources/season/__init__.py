"""Load one season's folder of parquet files into the raw tables.

``load_season`` checks every file before it changes anything, judges each game by named rules, holds back the games
that break one, and publishes the others.
"""

from backcourt.sources.season.load import load_season
from backcourt.sources.summary import LoadSummary, TableLoad

__all__ = ["LoadSummary", "TableLoad", "load_season"]
