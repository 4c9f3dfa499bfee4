"""A season's folder, checked before anything changes: files, columns and types, and one season in all of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.calendar import season_year, with_its_zeros
from backcourt.catalog.teams import todays_codes
from backcourt.errors import BackcourtError, BadValueError, InputFileError
from backcourt.files import kind as kind_of
from backcourt.sources.feed import TEAM_COLUMNS, Batch, Feed, Kind, arrow_type, types_of, words_of
from backcourt.sources.season.files import FILES
from backcourt.warehouse.arrow import as_declared

if TYPE_CHECKING:
    import pyarrow as pa


def with_todays_codes(data: pa.Table, year: int) -> pa.Table:
    """The rows of a season with today's codes in place of those of its time (NJN in 2010-11 is BKN).

    Args:
        data: The rows.
        year: First year of the season.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    former = todays_codes(year)
    if not former:
        return data
    compute: Any = pc
    for place, name in enumerate(data.column_names):
        column: Any = data.column(name)
        if name in TEAM_COLUMNS and not pa.types.is_null(column.type):
            column = column.cast(pa.string())
            for old, now in former.items():
                column = compute.if_else(compute.equal(column, old), now, column)
            data = data.set_column(place, name, column)
    return data


def check_folder(folder: Path) -> Batch:
    """Read every file once: it exists, decodes, has the columns, and all rows are of one and the same season.

    Raises:
        InputFileError: With the file, what is wrong and what to do; nothing has been changed then.
    """
    import pyarrow as pa

    if not folder.is_dir():
        raise InputFileError(f"there is no folder {folder}", next_step="name the folder that holds schedule.parquet")
    season = ""
    present: list[Feed] = []
    names: list[pa.Array[Any]] = []
    typed: dict[str, pa.Table] = {}
    for file in FILES:
        path = folder / file.file_name
        if not path.exists():
            if file.required:
                required = ", ".join(item.file_name for item in FILES if item.required)
                raise InputFileError(
                    f"there is no {file.file_name} in {folder}", next_step=f"a season's folder holds {required}"
                )
            continue
        data = _read(path, file)
        season = _season(path, file, data, season)
        names.append(names_of(file, data))
        year = season_year(season) if season else None
        if any(pa.types.is_null(field.type) for field in data.schema):
            data = typed[file.stem] = data.cast(_typed(file, data.schema))
        if year is not None and todays_codes(year):
            typed[file.stem] = with_todays_codes(data, year)
        present.append(file)
    distinct: Any = pa.chunked_array(names, pa.string()).unique()
    return Batch(folder, season, tuple(present), distinct.drop_null(), typed)


def _read(path: Path, file: Feed) -> pa.Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    broken = "it is truncated, damaged or no parquet file"
    step = "fetch or copy the file again"
    what = kind_of(path, follow=True)
    if what != "file":
        # Opening a pipe would wait for whoever writes to it.
        raise InputFileError(f"{path} cannot be read: it is {what}, not a file", next_step=step)
    try:
        opened = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise InputFileError(f"{path} cannot be read: {broken}", next_step=step) from error
    schema = opened.schema_arrow
    for name, kind in file.columns.items():
        index = schema.get_field_index(name)
        if index < 0 and name in file.optional:
            continue
        if index < 0:
            near = [column for column in schema.names if column.lower() == name.lower()]
            found = f", only {near[0]!r}" if near else ""
            raise InputFileError(
                f"{path} has no column {name!r} ({words_of(kind)}){found}",
                next_step=f"write {file.file_name} in the shape that backcourt simulate DIR writes; the page "
                "reference/season-folder names every column",
            )
        found_type = schema.field(index).type
        if not _fits(found_type, kind):
            raise InputFileError(
                f"{path}: column {name!r} holds {found_type}, expected {words_of(kind)}{_as_id(opened, name)}",
                next_step="write the column with that type, ids as text with their leading zeros",
            )
    try:
        data = opened.read(columns=[name for name in file.columns if name in schema.names])
        # A column without a type, like one that is there and has no value.
        for name in file.columns.keys() - set(schema.names):
            data = data.append_column(name, pa.nulls(data.num_rows))
        data = data.select(list(file.columns))
    except (pa.ArrowException, OSError) as error:
        raise InputFileError(f"{path} cannot be read: {broken}", next_step=step) from error
    _require_room(path, file, data)
    return data


def _require_room(path: Path, file: Feed, data: pa.Table) -> None:
    """Refuse values of a wider type that the declared one cannot hold.

    Raises:
        InputFileError: With each such column.
    """
    import pyarrow as pa

    types: Any = pa.types
    wider = (types.is_uint64, types.is_int64, types.is_decimal)
    declared = {
        name: kind
        for name, kind in types_of(file, data.schema).items()
        if any(test(data.schema.field(name).type) for test in wider)
    }
    try:
        as_declared(data, declared, str(path))
    except BadValueError as error:
        raise InputFileError(error.message, next_step=error.next_step) from error


def _as_id(opened: Any, name: str) -> str:  # noqa: ANN401 - pyarrow's parquet file has no types
    """What became of an id in a column of another type: a spreadsheet has made a number of it."""
    batch = next(opened.iter_batches(1, columns=[name]), None)
    value = batch.column(0)[0].as_py() if batch is not None and batch.num_rows else None
    if name == "game_id" and (whole := with_its_zeros(value)):
        return f": its ids have lost their leading zeros, {value} is {whole}"
    if name.endswith("_id") and isinstance(value, float) and value.is_integer():
        return f": its ids have become fractions, {value} is {int(value)}"
    return ""


def _typed(file: Feed, schema: pa.Schema) -> pa.Schema:
    """The schema with a type for each column that has none."""
    import pyarrow as pa

    fields = [
        pa.field(field.name, arrow_type(file.columns[field.name])) if pa.types.is_null(field.type) else field
        for field in schema
    ]
    return pa.schema(fields)


def _fits(found: pa.DataType, kind: Kind) -> bool:
    """True if an Arrow type can stand for a kind; a column without any value has the type null and always can."""
    import pyarrow as pa

    types: Any = pa.types
    if isinstance(found, pa.DictionaryType):
        found = found.value_type
    tests: dict[Kind, tuple[Callable[[Any], bool], ...]] = {
        "text": (types.is_string, types.is_large_string, types.is_string_view),
        "whole": (types.is_integer,),
        "number": (types.is_integer, types.is_floating, types.is_decimal),
        "minutes": (types.is_integer, types.is_string, types.is_large_string),
        "flag": (types.is_boolean,),
        "date": (types.is_date,),
        "time": (types.is_timestamp,),
    }
    return bool(types.is_null(found)) or any(test(found) for test in tests[kind])


def _season(path: Path, file: Feed, data: pa.Table, season: str) -> str:
    """The season of all files so far, which this one's rows must share."""
    if not file.has_season:
        return season
    labels = sorted(str(label) for label in data.column("season").unique().to_pylist())
    if not labels:
        if file.stem == "schedule":
            raise InputFileError(f"{path} has no rows", next_step="fetch the schedule again")
        return season
    if len(labels) > 1:
        raise InputFileError(
            f"{path} holds rows of several seasons: {', '.join(labels[:5])}",
            next_step="keep one folder for each season",
        )
    try:
        season_year(labels[0])
    except BackcourtError as error:
        raise InputFileError(f"{path}: {error.message}", next_step="write the season as 2021-22") from error
    if season and labels[0] != season:
        raise InputFileError(
            f"{path} is of season {labels[0]}, the schedule of {season}", next_step="keep one folder for each season"
        )
    return labels[0]


def names_of(file: Feed, data: pa.Table) -> pa.Array[Any]:
    """Distinct names of a file, in the spelling that its SQL joins on."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not file.names:
        return pa.array([], pa.string())
    compute: Any = pc
    if len(file.names) == 1:
        only: pa.Array[Any] = compute.unique(data.column(file.names[0]).cast(pa.string()))
        return only
    # Distinct pairs first: joining a season's rows would build the same thousand names thirty times over.
    pairs = data.select(list(file.names)).group_by(list(file.names)).aggregate([])
    parts = [compute.fill_null(pairs.column(name).cast(pa.string()), "") for name in file.names]
    joined: pa.ChunkedArray[Any] = compute.utf8_trim(compute.binary_join_element_wise(*parts, " "), " ")
    whole: Any = joined.combine_chunks()
    return pa.array(whole, pa.string())
