"""The one error that people see: wrong use of the command or of its configuration."""

from __future__ import annotations


class UsageError(Exception):
    """What was asked for cannot be done as asked; the message is one line that says what is valid."""
