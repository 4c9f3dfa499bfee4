"""The page about a season's folder has every file and column that a load reads, each with what it is, and no other."""

from __future__ import annotations

import re

from backcourt.sources.season.columns import described, means, shared
from backcourt.sources.season.files import FILES


def test_every_file_and_column_is_on_the_page(pages):
    """Files in their order; of each its columns in order, which of them may be missing, and the table that it fills."""
    text = pages["reference/season-folder.md"]
    parts = re.split(r"^## \S+ \{ #(\S+) \}$", text, flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    assert list(sections) == [file.stem for file in FILES]
    for file in FILES:
        rows = re.findall(r"^\| <code>(\w+)</code> +\| .*? \| (yes|no) +\|", sections[file.stem], re.MULTILINE)
        assert [name for name, _ in rows] == list(file.columns)
        assert {name for name, missing in rows if missing == "yes"} == set(file.optional)
        assert f"#{file.table})" in parts[0]


def test_every_column_is_described_and_nothing_else():
    """A column without words fails; words about a column that no file has fail, too."""
    columns = {(file.stem, name) for file in FILES for name in file.columns}
    assert all(means(file, name) for file in FILES for name in file.columns)
    assert described() <= columns
    assert shared() <= {name for _, name in columns}
