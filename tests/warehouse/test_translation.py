"""Statements that differ in the names of staged rows alone are translated once, and each gets its own names back."""

import pytest

from backcourt.errors import QueryError
from backcourt.warehouse import translation
from backcourt.warehouse.dialect import to_duckdb

JOINED = "SELECT {0}.points, b.ids FROM nba_staging.{0} JOIN nba_staging.{1} AS b USING (game_id) WHERE day = @day"
NAMES = [
    ("chunk_20211107", "chunk_20211107_ledger"),
    ("chunk_20211108", "chunk_20211108_ledger"),
    ("staged_1", "staged_0"),
    ("staged_0", "staged_0"),
]


@pytest.fixture
def translated(monkeypatch, tmp_path):
    """The statements that are translated from here on; nothing is kept from before."""
    texts = []

    def noted(sql):
        texts.append(sql)
        return to_duckdb(sql)

    monkeypatch.setattr(translation, "_folder", lambda: tmp_path)
    monkeypatch.setattr(translation, "to_duckdb", noted)
    translation.translate.cache_clear()
    translation._kept.cache_clear()
    yield texts
    translation.translate.cache_clear()
    translation._kept.cache_clear()


@pytest.mark.parametrize("names", NAMES)
def test_every_name_of_staged_rows_comes_back(translated, names):
    """The statement is the one that its own text gives, also with names that look like the numbered ones."""
    sql = JOINED.format(*names)
    assert translation.translate(sql) == to_duckdb(sql)
    assert translated


def test_another_chunk_finds_what_was_translated(translated):
    """A run of the next date translates nothing anew, not even in another process."""
    plain = "SELECT a.points FROM nba_staging.{0} AS a JOIN nba_staging.{1} AS b USING (game_id)"
    for names in NAMES[:2]:
        sql = plain.format(*names)
        assert translation.translate(sql) == to_duckdb(sql)
        translation._kept.cache_clear()
    assert len(translated) == 1


def test_an_error_names_the_place_in_the_text_as_it_is_written(translated):
    """Line and column of a statement that cannot be translated count its own names."""
    sql = "SELECT 1 FROM nba_staging.a_rather_long_name_of_rows WHERE FARM_FINGERPRINT(x) = 1"
    with pytest.raises(QueryError) as expected:
        to_duckdb(sql)
    with pytest.raises(QueryError) as found:
        translation.translate(sql)
    assert str(found.value) == str(expected.value)
    assert "column" in str(found.value)
    assert len(translated) == 2
