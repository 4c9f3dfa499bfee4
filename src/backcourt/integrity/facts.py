"""The facts of the game in the stored rows: which tables have dates on which one of them does not hold."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from backcourt.backfill.coverage import bounds
from backcourt.calendar import DateRange
from backcourt.catalog.facts import FACTS, Facts
from backcourt.catalog.views import IN_RANGE, SqlFiles
from backcourt.warehouse.base import Session

_SQL = SqlFiles("backcourt.integrity")


@dataclass(frozen=True, slots=True)
class BrokenFact:
    """A fact that does not hold in games of one date.

    Attributes:
        table: Full name of the table.
        fact: Name of the fact.
        day: The date.
        judged: Games on which it is judged.
        broken: Those in which it does not hold.
        example: One of them.
        words: What is the matter.
    """

    table: str
    fact: str
    day: date
    judged: int
    broken: int
    example: str
    words: str

    def __str__(self) -> str:
        """The finding in one line."""
        return f"{self.words}: {self.broken} of {self.judged} games, {self.example} first"


def broken_facts(session: Session, span: DateRange, tables: Collection[str] = ()) -> tuple[BrokenFact, ...]:
    """Every fact that does not hold, by table, fact and date.

    Args:
        session: An open session.
        span: The dates.
        tables: Full names of the only tables to judge; none for all that have facts.
    """
    chosen = [found for found in FACTS if not tables or found.table in tables]
    if not chosen:
        return ()
    words = {(found.table, fact.name): fact.broken for found in chosen for fact in found.facts}
    order = {key: number for number, key in enumerate(words)}
    rows = session.query(_statement(chosen), bounds(span)).to_pylist()
    found = [BrokenFact(**row, words=words[row["table"], row["fact"]]) for row in rows]
    return tuple(sorted(found, key=lambda item: (order[item.table, item.fact], item.day)))


def _statement(chosen: Collection[Facts]) -> str:
    names = {found.table: f"f_{found.table.rpartition('.')[2]}" for found in chosen}
    return _SQL(
        "facts",
        IN_RANGE,
        flagged=",\n".join(f"{names[found.table]} AS ({_flagged(found)})" for found in chosen),
        selects=" UNION ALL ".join(
            _SQL("facts_broken", table_name=found.table, fact=fact.name, source=names[found.table])
            for found in chosen
            for fact in found.facts
        ),
    )


FACT_NAMES = frozenset(fact.name for found in FACTS for fact in found.facts)
"""Fields of gaps in which a fact does not hold."""


def _flagged(found: Facts) -> str:
    """SELECT of a table's games or teams with a flag per fact."""
    flags = ", ".join(f"IF({fact.when}, COALESCE({fact.holds}, FALSE), NULL) AS {fact.name}" for fact in found.facts)
    figures = ", ".join(f"{value} AS {name}" for name, value in found.figures.items())
    if not found.team:
        return _SQL("facts_of_games", source=found.table, figures=figures, flags=flags)
    file = "facts_whole_rows" if found.whole else "facts_rows"
    rows = _SQL(file, source=found.table, figures=figures, team=found.team)
    return _SQL("facts_of_boxes" if found.box else "facts_of_teams", figured=rows, flags=flags)
