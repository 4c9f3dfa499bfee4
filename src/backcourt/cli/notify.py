"""`backcourt notify`: try where notifications go."""

from __future__ import annotations

import typer

from backcourt.answers.model import Answer
from backcourt.errors import counted

app = typer.Typer(help="Notifications.", no_args_is_help=True)


@app.command("test")
def test() -> Answer:
    """Send one notification to where BACKCOURT_NOTIFY or backcourt.toml says, and say whether it was accepted."""
    from backcourt.backfill.notify import AppriseNotifier, NoNotifier, make_notifier
    from backcourt.settings import load

    notifier = make_notifier(load().notify)
    if isinstance(notifier, NoNotifier):
        return Answer("no one is notified: notify is none")
    notifier.send("test of Backcourt's notifications", "A run would tell you here how it ended.", "info")
    if isinstance(notifier, AppriseNotifier):
        return Answer(f"sent: {counted(len(notifier.addresses), 'address', 'addresses')} accepted it")
    return Answer("sent: printed above")
