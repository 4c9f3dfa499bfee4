"""Two warehouses, whatever their engines: compared, and copied from one to the other. Its SQL is in ``sql``."""

from backcourt.catalog.views import SqlFiles

SQL = SqlFiles("backcourt.exchange")
"""The statements that compare and copy."""
