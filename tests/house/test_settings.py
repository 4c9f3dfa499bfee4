"""Settings: where they come from, and what is said of an unusable one."""

import pytest

from backcourt.errors import SettingsError
from backcourt.settings import Settings, load


@pytest.fixture(autouse=True)
def no_environment(monkeypatch):
    """No setting comes from the machine that runs the tests."""
    for name in ("WAREHOUSE", "THREADS", "PATIENCE"):
        monkeypatch.delenv(f"BACKCOURT_{name}", raising=False)


def test_defaults(tmp_path):
    """Without flag, variable and file, the defaults hold."""
    assert load(folder=tmp_path) == Settings("warehouse.duckdb", None, 5.0)


def test_the_nearer_source_wins(tmp_path, monkeypatch):
    """A flag beats the environment, the environment beats the file."""
    (tmp_path / "backcourt.toml").write_text('warehouse = "file.duckdb"\nthreads = 1\npatience = 2.5\n')
    assert load(folder=tmp_path) == Settings("file.duckdb", 1, 2.5)
    monkeypatch.setenv("BACKCOURT_WAREHOUSE", "env.duckdb")
    monkeypatch.setenv("BACKCOURT_THREADS", "2")
    assert load(folder=tmp_path) == Settings("env.duckdb", 2, 2.5)
    assert load(warehouse="flag.duckdb", folder=tmp_path).warehouse == "flag.duckdb"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("warehouse = 3", "backcourt.toml: warehouse is 3"),
        ("threads = 0", "backcourt.toml: threads is 0"),
        ("threads = 'many'", "a whole number from 1"),
        ("patience = -1", "seconds, 0 to 86,400"),
        (
            "thread = 1",
            "unknown setting 'thread'. valid: warehouse, threads, patience, backfill_mode, is_backfill",
        ),
        ("threads =", "is not TOML"),
    ],
)
def test_an_unusable_file_is_named(tmp_path, content, message):
    """A wrong value, an unknown name and a broken file are named with what is valid."""
    (tmp_path / "backcourt.toml").write_text(content)
    with pytest.raises(SettingsError) as caught:
        load(folder=tmp_path)
    assert message in str(caught.value)


def test_an_unusable_variable_is_named(tmp_path, monkeypatch):
    """The message names the variable, not the setting behind it."""
    monkeypatch.setenv("BACKCOURT_THREADS", "no")
    with pytest.raises(SettingsError, match="BACKCOURT_THREADS is 'no'"):
        load(folder=tmp_path)
