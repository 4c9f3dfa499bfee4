"""`backcourt notify`: try where notifications go."""

from __future__ import annotations

import typer

from backcourt.errors import counted

app = typer.Typer(help="Notifications.", no_args_is_help=True)


@app.command("test")
def test() -> None:
    """Send one notification to where BACKCOURT_NOTIFY or backcourt.toml says, and say whether it was accepted."""
    from backcourt.backfill.notify import AppriseNotifier, NoNotifier, make_notifier
    from backcourt.settings import load

    notifier = make_notifier(load().notify)
    if isinstance(notifier, NoNotifier):
        typer.echo("no one is notified: notify is none")
        return
    notifier.send("test of Backcourt's notifications", "A run would tell you here how it ended.", "info")
    where = (
        f"{counted(len(notifier.addresses), 'address', 'addresses')} accepted it"
        if isinstance(notifier, AppriseNotifier)
        else "printed above"
    )
    typer.echo(f"sent: {where}")
