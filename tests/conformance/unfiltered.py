"""Statements that read or change a table of dates without parameters on its date, and why: a list that gets shorter.

BigQuery bills at least 10 MiB for each table that a query reads, and a season of all tables is 209 MB: reading more
months than needed costs little. A name is that of an SQL file, or of a table in a statement that no file holds.
"""

UNFILTERED = {}
