"""Settings that cannot be used: every one, from the environment and from backcourt.toml, in one line with what is valid."""

import os
import socket
from dataclasses import fields
from pathlib import Path

import pytest

from backcourt.errors import BackcourtError, SettingsError
from backcourt.settings import (
    MOST_DOLLARS,
    MOST_HOURS,
    MOST_JOBS,
    MOST_SECONDS,
    MOST_THREADS,
    Settings,
    load,
)

NUMBERS = {
    "threads": MOST_THREADS,
    "patience": MOST_SECONDS,
    "ai_budget_usd": MOST_DOLLARS,
    "bigquery_price_per_tib": MOST_DOLLARS,
    "bigquery_jobs": MOST_JOBS,
    "bigquery_staging_hours": MOST_HOURS,
}
NO_NUMBERS = (
    "",
    "x",
    "-1",
    "nan",
    "inf",
    "-inf",
    "1e400",
    "9" * 5_000,
    "1e9",
    "99999999",
    "\u0661\u0662",
    "0x10",
    "1,5",
)


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch, tmp_path):
    """No setting comes from the machine that runs the tests."""
    for one in fields(Settings):
        monkeypatch.delenv(f"BACKCOURT_{one.name.upper()}", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", NO_NUMBERS)
def test_a_number_beyond_its_limits_is_refused(monkeypatch, name, text):
    """No number, one that is none, and one that would stop the machine: refused with the limits, shown in short."""
    monkeypatch.setenv(f"BACKCOURT_{name.upper()}", text)
    with pytest.raises(SettingsError) as caught:
        load()
    assert f"BACKCOURT_{name.upper()} is " in str(caught.value)
    assert f"{NUMBERS[name]:,.0f}" in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize("name", NUMBERS)
def test_the_limits_themselves_are_valid(monkeypatch, name):
    """The largest number that the message names is taken."""
    monkeypatch.setenv(f"BACKCOURT_{name.upper()}", str(NUMBERS[name]))
    assert getattr(load(), name) == NUMBERS[name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("bigquery_billing_project", "My Project"),
        ("bigquery_location", "the moon"),
        ("bigquery_dataset_prefix", "a-b"),
        ("bigquery_impersonate", "someone@example.com"),
        ("bigquery_endpoint", "http://bigquery.example.com"),
        ("bigquery_endpoint", "ftp://127.0.0.1:9050"),
        ("bigquery_storage_endpoint", "bigquerystorage.example.com:443"),
    ],
)
def test_a_text_of_another_form_is_refused(monkeypatch, name, text):
    """A project, a location, an account or an address that cannot be one; credentials never go over plain HTTP elsewhere."""
    monkeypatch.setenv(f"BACKCOURT_{name.upper()}", text)
    with pytest.raises(SettingsError, match=rf"BACKCOURT_{name.upper()} is '{text}', which cannot be used\. valid: "):
        load()


@pytest.mark.parametrize("name", [one.name for one in fields(Settings)])
@pytest.mark.parametrize("text", ["x" * 60_000, "half \udcff letter", "", " "], ids=["long", "bytes", "empty", "blank"])
def test_a_text_that_is_none_is_refused(monkeypatch, name, text):
    """Texts of any length, of other bytes than UTF-8, and without a letter are refused in a short line for every setting."""
    monkeypatch.setenv(f"BACKCOURT_{name.upper()}", text)
    with pytest.raises(BackcourtError) as caught:
        load()
    assert len(str(caught.value)) < 400
    assert str(caught.value).isprintable()


def special(kind, path):
    """Put something else than a file of settings in its place."""
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as server:
            server.bind(path.name)
    elif kind == "device":
        path.symlink_to("/dev/zero")
    else:
        path.write_bytes(
            {
                "brackets": b"threads = " + b"[" * 5_000,
                "tables": b"a = {" * 5_000,
                "bytes": b"\xff\xfe\x00",
                "nul": b'warehouse = "a\\u0000b"',
                "truth": b"threads = true",
                "list": b"warehouse = [1]",
                "date": b"patience = 2021-11-05",
                "huge": b"# " + b"x" * 2_000_000,
            }[kind]
        )


@pytest.mark.parametrize(
    "kind",
    ["folder", "pipe", "socket", "device", "brackets", "tables", "bytes", "nul", "truth", "list", "date", "huge"],
)
def test_a_settings_file_that_cannot_be_used(kind):
    """Whatever stands under its name, the line says which file and what is wrong with it."""
    special(kind, Path("backcourt.toml"))
    with pytest.raises(SettingsError) as caught:
        load()
    assert "backcourt.toml" in str(caught.value)
    assert len(str(caught.value)) < 400
