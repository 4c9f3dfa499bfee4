"""SQL in files: what a file names in braces is filled in, and nothing is left over."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from backcourt.catalog.views import ANY_DATE, COUNTED_TYPES, IN_RANGE, SqlFiles, view

FILES = {
    "rows": "SELECT {columns} FROM {table} WHERE {is_good}",
    "is_good": "points > {least}",
    "games": "SELECT * FROM ({counted_games}) AS g",
    "every_game": "SELECT * FROM ({all counted_games}) AS g",
    "typed": "season_type IN {counted_types} AND r'[0-9]{2}[^{L}]'",
    "unknown": "SELECT {nobody}",
}


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SqlFiles:
    """A package with a folder of SQL files."""
    folder = tmp_path / "packed" / "sql"
    folder.mkdir(parents=True)
    (tmp_path / "packed" / "__init__.py").touch()
    for name, text in FILES.items():
        (folder / f"{name}.sql").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    importlib.invalidate_caches()
    return SqlFiles("packed", parts={"least": "7"})


def test_parts_are_filled_in(files: SqlFiles) -> None:
    """A part is what the caller gives, taken as it is, the package's file or the package's own part."""
    filled = files("rows", columns="'{least}'", table="nba_raw.t")
    assert filled == "SELECT '{least}' FROM nba_raw.t WHERE \npoints > 7"


def test_a_given_part_comes_first(files: SqlFiles) -> None:
    """What the caller gives replaces the package's part of that name, in the files that a file names, too."""
    assert files("rows", columns="*", table="t", least="0") == "SELECT * FROM t WHERE \npoints > 0"
    assert files("rows", columns="*", table="t", is_good="TRUE") == "SELECT * FROM t WHERE TRUE"


def test_a_part_that_is_nowhere_is_refused(files: SqlFiles) -> None:
    """A statement with a hole never reaches an engine; the fault names file and part."""
    with pytest.raises(ValueError, match=r"packed: unknown.sql names \{nobody\}, neither given nor a file"):
        files("unknown")


def test_a_part_that_nothing_uses_is_refused(files: SqlFiles) -> None:
    """A part that is given in vain is a mistake, such as a condition that is lost."""
    with pytest.raises(ValueError, match=r"packed: nothing in typed.sql uses condition, order"):
        files("typed", order="x", condition="y")


def test_views_take_the_range(files: SqlFiles) -> None:
    """A view reads the dates of the range; one that is named with "all" reads every date."""
    assert view("counted_games", IN_RANGE) in files("games", IN_RANGE)
    assert view("counted_games", ANY_DATE) in files("every_game", IN_RANGE)


def test_a_named_view_stands_under_its_name(files: SqlFiles) -> None:
    """Lineage sees what is read of a view."""
    assert files("games", named=("counted_games",)).endswith(") AS counted_games) AS g")


def test_other_braces_are_left_alone(files: SqlFiles) -> None:
    """A regular expression keeps its braces."""
    assert files("typed") == f"season_type IN {COUNTED_TYPES} AND r'[0-9]{{2}}[^{{L}}]'"


def test_a_folder_tells_its_files(files: SqlFiles) -> None:
    """Reading the folder tells what there is."""
    assert files.names == tuple(sorted(FILES))
