"""Games that a payload holds in part: a broken rule of their own, beside those that the rows' SQL names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from backcourt.catalog.model import Table
from backcourt.sources.rules import SQL
from backcourt.warehouse.base import Session


def stage_faults(session: Session, not_whole: Mapping[str, str]) -> None:
    """Make what is wrong with games readable in nba_staging.

    Args:
        session: An open session.
        not_whole: What is wrong, by game id.
    """
    import pyarrow as pa

    # A semicolon would end the rule.
    faults = {"game_id": list(not_whole), "fault": [fault.replace(";", ",") for fault in not_whole.values()]}
    session.stage_arrow("not_whole", pa.table({name: pa.array(v, pa.string()) for name, v in faults.items()}))


def with_faults(table: Table, sql: str, extra: Sequence[str], holding: str) -> str:
    """The rows, with a broken rule for each game that is there in part, unless another rule holds it back already.

    Args:
        table: The table.
        sql: A SELECT of its columns and the extra ones.
        extra: Columns that are not the table's.
        holding: Condition on the row `x`: it breaks a rule that holds its whole game back.
    """
    columns = [column.name for column in table.business_columns]
    others = [name for name in extra if name != "broken_rules"]
    listed = ", ".join(f"x.{name}" for name in [*columns, *others])
    return SQL("with_faults", columns=listed, holding_rule=holding, selects=sql)
