"""Mapping files: what the columns of files with names of their own are called, as a layout.

::

    [shots]
    files = "attempts*.csv"   # which files, by name; without it every file that has the columns
    game_id = "game"
    game_event_id = "event"
    player_id = "shooter"
    team_id = "team"
    period = "period"
    minutes_remaining = "seconds_left // 60"
    seconds_remaining = "seconds_left % 60"
    is_three = "points = 3"
    shot_made_flag = "made"
    loc_x = "x_feet * 10"
    loc_y = "y_feet * 10"

A section is a part of a season; a key is a column of it, a value is a column of the file or an SQL expression over its
columns. A column whose name is no plain word is put in double quotes.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from backcourt.errors import InputFileError, UnknownNameError
from backcourt.files import read_whole
from backcourt.sources.feed import words_of
from backcourt.sources.layouts.known import MAPPED
from backcourt.sources.layouts.layout import NAMED, Layout

if TYPE_CHECKING:
    from sqlglot import exp

_FILES = "files"
_LARGEST = 256 * 1024
_NEEDED: Mapping[str, str] = {
    "team_lines": "game_id team_id team_abbreviation game_date is_home min",
    "player_lines": "game_id player_id player_name team_id team_abbreviation min",
    "shots": "game_id game_event_id player_id team_id period minutes_remaining seconds_remaining is_three "
    "shot_made_flag",
    "play_by_play": "game_id eventnum eventmsgtype period pctimestring",
}
"""Columns without which no row of a section can be loaded, beside the counts of lines."""
_COUNTS = "fgm fga fg3m fg3a ftm fta oreb dreb reb ast stl blk tov pf pts"


def mapped_layouts(path: Path) -> tuple[Layout, ...]:
    """The layouts of a mapping file, one for each of its sections.

    Raises:
        InputFileError: If it cannot be read, is not TOML, or a section lacks a column or has a wrong one.
    """
    try:
        found = tomllib.loads(read_whole(path, _LARGEST).decode("utf-8"))
    except FileNotFoundError as error:
        raise InputFileError(f"there is no mapping file {path}") from error
    except UnicodeDecodeError as error:
        raise InputFileError(f"{path} is not UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputFileError(
            f"{path} is not TOML: {error}", next_step='write lines such as loc_x = "x * 10"'
        ) from error
    if not found:
        raise InputFileError(f"{path} has no section", valid=[f"[{name}]" for name in MAPPED])
    return tuple(_layout(path, name, section) for name, section in found.items())


def _layout(path: Path, name: str, section: object) -> Layout:
    base = MAPPED.get(name)
    if base is None:
        raise UnknownNameError(f"section of {path}", name, MAPPED)
    if not isinstance(section, Mapping) or not all(isinstance(value, str) for value in section.values()):
        raise InputFileError(f'{path}: [{name}] must hold lines of column = "expression"')
    valid = [column for column in base.feed.columns if column != "season"]
    for column in section:
        if column not in {*valid, _FILES}:
            raise UnknownNameError(f"column of [{name}] in {path}", column, [*valid, _FILES])
    needed = [*_NEEDED[name].split(), *(_COUNTS.split() if "fgm" in valid else [])]
    missing = [column for column in needed if column not in section]
    if missing:
        kinds = [f"{column} ({words_of(base.kind(column))})" for column in missing]
        raise InputFileError(f"{path}: [{name}] does not say what {', '.join(kinds)} is made of")
    columns = {
        column: _expression(f"{path}: [{name}] {column}", section[column]) for column in valid if column in section
    }
    return Layout(
        name=base.name,
        title=f"{name} of {path.name}",
        feed=base.feed,
        columns=columns,
        unit=base.unit,
        key=base.key,
        kinds=base.kinds,
        as_is=base.as_is,
        game_id=NAMED.findall(columns["game_id"])[0],
        pattern=section.get(_FILES, ""),
    )


def _expression(where: str, text: str) -> str:
    """An expression with its columns in braces; what counts or compares numbers reads them as numbers.

    Raises:
        InputFileError: If it is no expression over columns.
    """
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree = sqlglot.parse_one(text, dialect="duckdb")
    except SqlglotError as error:
        raise InputFileError(f"{where}: {text[:60]!a} is not an SQL expression") from error
    allowed = _allowed()
    for node in tree.walk():
        if not isinstance(node, allowed):
            raise InputFileError(
                f"{where}: {text[:60]!a} has {type(node).__name__.lower()}, which is not possible there",
                valid=[
                    "columns, numbers, 'texts', + - * / %, comparisons, AND, OR, NOT, CASE, CAST, functions of texts"
                ],
            )
    used = list(tree.find_all(exp.Column))
    if not used:
        raise InputFileError(f"{where}: {text[:60]!a} names no column of the file")
    for column in used:
        if column.table:
            raise InputFileError(f"{where}: {column.sql()} has a dot: put the name of a column in double quotes")
    numbers = [(column, _is_number(column)) for column in used]
    for column, is_number in numbers:
        named = f"{{{column.name}}}"
        made = exp.Var(this=f"as_number({named})" if is_number else named)
        if column is tree:
            return str(made.this)
        column.replace(made)
    # The engine divides numbers with a fraction that way, too.
    whole = tree.transform(
        lambda node: (
            exp.Floor(this=exp.Div(this=node.this, expression=node.expression))
            if isinstance(node, exp.IntDiv)
            else node
        )
    )
    return whole.sql(dialect="duckdb")


def _is_number(column: exp.Expression) -> bool:
    """True if a column is counted with, or compared with a number."""
    from sqlglot import exp

    counting = (
        exp.Add,
        exp.Sub,
        exp.Mul,
        exp.Div,
        exp.Mod,
        exp.IntDiv,
        exp.Neg,
        exp.Round,
        exp.Abs,
        exp.Floor,
        exp.Ceil,
    )
    comparing = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.Between, exp.In)
    node = column.parent
    while isinstance(node, exp.Paren):
        node = node.parent
    if isinstance(node, counting):
        return True
    if not isinstance(node, comparing):
        return False
    literals = [each for each in node.find_all(exp.Literal) if each.parent is node or isinstance(each.parent, exp.Neg)]
    counted = any(isinstance(each, counting) for each in node.iter_expressions())
    return counted or (bool(literals) and not any(each.is_string for each in literals))


def _allowed() -> tuple[type[exp.Expression], ...]:
    """Nodes of which an expression may be made."""
    from sqlglot import exp

    return (
        exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Neg, exp.Not,
        exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.IntDiv, exp.DPipe, exp.Concat,
        exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.And, exp.Or, exp.Is, exp.In, exp.Between, exp.Like,
        exp.ILike, exp.Case, exp.If, exp.Cast, exp.TryCast, exp.DataType, exp.Coalesce, exp.Nullif,
        exp.Upper, exp.Lower, exp.Trim, exp.Substring, exp.Left, exp.Right, exp.Length, exp.SplitPart, exp.Pad,
        exp.Replace, exp.RegexpExtract, exp.RegexpLike, exp.StartsWith, exp.Contains, exp.StrPosition,
        exp.Round, exp.Abs, exp.Floor, exp.Ceil,
    )  # fmt: skip
