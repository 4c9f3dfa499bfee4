"""`backcourt quarantine`: what was held back or waits, why, and loading it again once it is fixed."""

from __future__ import annotations

import shlex
from typing import Annotated

import typer

from backcourt.answers.model import Answer, Part, Rows
from backcourt.cli.options import At, new_run_id, now
from backcourt.cli.sources import LandingOption, asked_again, landing_of

app = typer.Typer(help="See and retry what is held back because it breaks a rule.", no_args_is_help=True)
_SHOWN = 10
TableOption = Annotated[str | None, typer.Option("--table", help="Only this raw table.")]


@app.command("list")
def list_held(
    table: TableOption = None,
    season: Annotated[str | None, typer.Option("--season", help="Only this season, for example 2021-22.")] = None,
    *,
    at: At,
) -> Answer:
    """List what is held back, by table and game, with the rules that it breaks, and the payloads that wait.

    A payload waits if it cannot be read, or is incomplete and will be fetched again. Exits with 1 if there is anything.
    """
    from backcourt.sources.declared import source
    from backcourt.sources.quarantine import held, waiting

    with at.existing().read() as session:
        found = held(session, table=table or "", season=season or "")
        payloads = waiting(session, table=table or "", season=season or "")
    unread, partial = payloads["refused"], payloads["incomplete"]
    parts: list[Part] = []
    steps = []
    if found:
        rows = [(r["table_name"], r["season"], r["unit"], r["game_date"], r["rules"]) for r in found]
        parts.append(Rows(("table", "season", "game", "date", "rules"), rows))
        steps.append(f"backcourt quarantine show {shlex.quote(found[0]['unit'])}")
    for why, waits in (("why it could not be read", unread), ("what is missing in it", partial)):
        if waits:
            kept = [(r["source"], r["day"], r["payload_key"], r["detail"]) for r in waits]
            parts.append(Rows(("source", "date", "key", why), kept))
    if partial:
        first = partial[0]["source"]
        steps.append(asked_again(source(first), [r["day"] for r in partial if r["source"] == first]))
    if unread and not found:
        steps.append("fetch them again with --no-resume, then backcourt quarantine retry")
    data = {"held": found, "refused": unread, "incomplete": partial}
    return Answer("" if parts else "nothing is held back", parts, steps, 1 if parts else 0, data)


@app.command()
def show(
    unit: Annotated[
        str, typer.Argument(metavar="GAME", help="The game, or the team, player or date that is held back.")
    ],
    *,
    at: At,
) -> Answer:
    """Show every rule that a game breaks, the values that break it, and the file that holds them."""
    from backcourt.calendar import lost_zeros
    from backcourt.errors import BackcourtError
    from backcourt.sources.quarantine import details

    with at.existing().read() as session:
        found = details(session, unit)
    if not found:
        raise BackcourtError(
            f"nothing of {unit[:40]!r} is held back{lost_zeros(unit)}", next_step="see: backcourt quarantine list"
        )
    rows = [
        (r["table_name"], r["rule"], r["detail"], r["source_file"], f"{r['quarantined_at']:%F %H:%M}") for r in found
    ]
    return Answer(
        parts=[Rows(("table", "rule", "detail", "file", "since"), rows)],
        next=["correct the file, or wait for the source to, then backcourt quarantine retry"],
        data=found,
    )


@app.command()
def retry(table: TableOption = None, place: LandingOption = None, *, at: At) -> Answer:
    """Load again what is held back, from the newest payloads of the landing zone.

    What came with a season's folder is loaded again with `backcourt load season`. Exits with 1 if anything is still
    held back.
    """
    from backcourt.sources.quarantine import retry as load_again

    done = load_again(at.existing(), landing_of(place), table=table or "", now=now(), run_id=new_run_id())
    partial = f", {done.incomplete:,} incomplete" if done.incomplete else ""
    lines = [f"{done.loaded:,} loaded, {done.held:,} still held back, {done.refused:,} could not be read{partial}"]
    lines += done.names[:_SHOWN]
    lines += [f"and {len(done.names) - _SHOWN:,} more"] if len(done.names) > _SHOWN else []
    if done.elsewhere:
        lines.append(f"{done.elsewhere:,} came with a season's folder: backcourt load season DIR loads them again")
    left = done.held or done.refused or done.incomplete or done.elsewhere
    return Answer(parts=lines, exit_code=1 if left else 0, data=done)
