"""The landing zone: what lies where, what is newest, and that neither names nor bytes from outside do harm."""

from __future__ import annotations

import gzip
import hashlib
import os
import signal
import subprocess
import sys
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from fsspec.implementations.local import LocalFileSystem

from backcourt.errors import BackcourtError, InputFileError
from backcourt.sources.landing import LARGEST, Landing, unpacked

DAY = date(2024, 11, 2)
NOW = datetime(2024, 11, 3, 9, 30, 15, tzinfo=UTC)
MEGA = 1024 * 1024


def digest(data):
    """The first 16 hex digits of a content's SHA-256."""
    return hashlib.sha256(data).hexdigest()[:16]


def files(folder):
    """Every file below a folder, by path, with its bytes."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def put(landing, data, *, key="k", day=DAY, now=NOW, ext="json"):
    """Store a payload of the source s."""
    return landing.store("s", day, key, data, ext, now=now)


@pytest.fixture
def landing(tmp_path):
    """An empty landing zone."""
    return Landing(str(tmp_path))


def test_a_payload_lies_below_source_date_and_key(landing, tmp_path):
    """The path says source, date, key, time of arrival in UTC and content; the bytes are the ones that came."""
    landed, new = put(landing, b"{}", now=NOW.astimezone(None))
    assert new
    assert files(tmp_path) == {f"s/2024-11-02/k/20241103T093015Z-{digest(b'{}')}.json": b"{}"}
    assert (landed.received, landed.digest, landing.read(landed)) == (NOW, digest(b"{}"), b"{}")
    assert landing.newest("s", [DAY]) == [landed]


def test_the_same_bytes_are_kept_once_and_changed_ones_beside_them(landing, tmp_path):
    """Same content: one file; changed: a second, which is the newest; the first content once more: a third."""
    hours = [NOW + timedelta(hours=hour) for hour in range(4)]
    (first, _), (again, new) = put(landing, b"one", now=hours[0]), put(landing, b"one", now=hours[1])
    assert (again, new) == (first, False)
    assert len(files(tmp_path)) == 1
    second, _ = put(landing, b"two", now=hours[2])
    assert landing.newest("s", [DAY]) == [second]
    third, new = put(landing, b"one", now=hours[3])
    assert new
    assert landing.newest("s", [DAY]) == [third]
    assert [version.digest for version in landing.versions("s", DAY, "k")] == [
        digest(b"one"),
        digest(b"two"),
        digest(b"one"),
    ]


def test_what_comes_later_is_newer_whatever_the_clock_says(landing):
    """Twenty payloads in the same second, and one by a clock that was set back: each is the newest once it is there."""
    for number in range(20):
        put(landing, b"%d" % number, now=NOW.replace(microsecond=number))
        assert landing.read(landing.newest("s", [DAY])[0]) == b"%d" % number
    late, _ = put(landing, b"late", now=NOW - timedelta(days=1))
    assert landing.newest("s", [DAY]) == [late]
    assert landing.versions("s", DAY, "k")[-1] == late


KILLED = """
import os, signal, sys
from datetime import UTC, date, datetime
from pathlib import Path
from backcourt.sources.landing import Landing
def die(*_): os.kill(os.getpid(), signal.SIGKILL)
Path.replace = die
Landing(sys.argv[1]).store("s", date(2024, 11, 2), "k", b"x" * 100_000, "json", now=datetime.now(UTC))
"""


def test_a_killed_process_leaves_nothing_that_is_seen(landing, tmp_path):
    """Killed between the last byte and the rename: no payload is there, and the next attempt lands it."""
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert len(files(tmp_path)) == 1, "it was killed after it had written"
    assert landing.newest("s", [DAY]) == []
    assert landing.versions("s", DAY, "k") == []
    landed, new = put(landing, b"x" * 100_000)
    assert new
    assert landing.newest("s", [DAY]) == [landed]


def test_a_disk_that_is_full_leaves_nothing(landing, tmp_path, monkeypatch):
    """A write that the disk refuses ends in one error that says what to do; no part of the payload stays."""

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(BackcourtError, match=r"cannot be written: the disk is full. free space there"):
        put(landing, b"{}")
    assert files(tmp_path) == {}


class Counting(LocalFileSystem):
    """A file system that remembers which folders were listed."""

    cachable = False

    def __init__(self, **options):
        """Start without any."""
        super().__init__(**options)
        self.listed = []

    def ls(self, path, detail=False, **options):
        """List, and remember."""
        self.listed.append(str(path))
        return super().ls(path, detail=detail, **options)


def test_a_date_is_found_without_looking_at_others(landing, tmp_path):
    """With payloads of 40 dates, two dates are read by listing these two and their keys; other keys are not opened."""
    for number in range(40):
        put(landing, b"{}", day=DAY + timedelta(days=number))
    put(landing, b"{}", key="other")
    counting = Counting()
    watched = Landing(str(tmp_path))
    watched.__dict__["_place"] = (counting, str(tmp_path))
    assert len(watched.newest("s", [DAY, DAY + timedelta(days=7)])) == 3
    day, week = f"{tmp_path}/s/2024-11-02", f"{tmp_path}/s/2024-11-09"
    assert counting.listed == [day, f"{day}/k", f"{day}/other", week, f"{week}/k"]
    counting.listed.clear()
    assert [landed.key for landed in watched.newest("s", [DAY], {"k"})] == ["k"]
    assert counting.listed == [day, f"{day}/k"]
    counting.listed.clear()
    watched.versions("s", DAY, "k")
    assert counting.listed == [f"{day}/k"]
    assert len(watched.days("s")) == 40


def test_another_file_system_holds_a_landing_zone():
    """In memory, as in a bucket: stored once, newest first, read back, listed by date."""
    landing = Landing("memory://zone/landing")
    try:
        landed, new = put(landing, b"{}")
        assert new
        assert put(landing, b"{}") == (landed, False)
        later, _ = put(landing, b"[]", now=NOW + timedelta(hours=1))
        assert landing.newest("s", [DAY, DAY + timedelta(days=1)]) == [later]
        assert (landing.read(later), landing.days("s"), landing.days("none")) == (b"[]", [DAY], [])
    finally:
        fsspec.filesystem("memory").rm("/zone", recursive=True)


def test_an_address_that_cannot_be_used_is_said_so():
    """A file system that nobody knows is one error with the next step."""
    with pytest.raises(BackcourtError, match=r"cannot be used: .*name a folder"):
        put(Landing("nowhere://bucket"), b"{}")


HOSTILE = (
    *("../k", "/etc/passwd", "..", ".", "", "a/b", "a\\b", "a\x00b", "a\n", " k", "k" * 10_000, "k" * 101, "Dončić"),
    *("\u202ek", "a..b", ".hidden", "-rf", "*", "~", "gs://b", "$(id)", "k\ud800", "\uff0e\uff0e"),
)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_name_that_leads_elsewhere_is_refused(landing, tmp_path, name):
    """As source, as key and as extension: refused in one short line, nothing written, nothing read elsewhere."""
    for deed in (
        lambda: landing.store(name, DAY, "k", b"{}", "json", now=NOW),
        lambda: landing.store("s", DAY, name, b"{}", "json", now=NOW),
        lambda: landing.store("s", DAY, "k", b"{}", name, now=NOW),
        lambda: landing.versions("s", DAY, name),
        lambda: landing.versions(name, DAY, "k"),
        lambda: landing.newest(name, [DAY]),
        lambda: landing.days(name),
    ):
        with pytest.raises(InputFileError) as refused:
            deed()
        assert "\n" not in str(refused.value)
        assert len(str(refused.value)) < 400
    assert files(tmp_path) == {}


@pytest.mark.parametrize("ext", ["JSON", "json.zip", "j son", "gz.gz.gz"])
def test_an_extension_under_which_nothing_would_be_found_is_refused(landing, ext):
    """What is stored is also seen: an extension that the listing does not know cannot be stored."""
    with pytest.raises(InputFileError, match="cannot be an extension"):
        put(landing, b"{}", ext=ext)
    assert landing.newest("s", [DAY]) == []


def test_folders_and_files_of_others_are_passed_over(landing, tmp_path):
    """Dates and times that do not exist, files without a digest, names of other programs: not seen, no error."""
    landed, _ = put(landing, b"{}")
    for name in ("2024-13-45", "2024-02-30", "latest", "\u0662\u0660\u0662\u0664-11-02", "2024-11-02x"):
        (tmp_path / "s" / name).mkdir()
    folder = Path(landed.path).parent
    stamp = f"-{digest(b'{}')}.json"
    for name in (f"20249999T999999Z{stamp}", f"20250101T000000Z{stamp}.part", ".DS_Store", "20250101T000000Z-0.json"):
        (folder / name).write_bytes(b"[]")
    (folder.parent / "a file").write_bytes(b"")
    (folder.parent / "..odd").mkdir()
    assert landing.days("s") == [DAY]
    assert landing.newest("s", [DAY]) == [landed]


@pytest.mark.parametrize("spoilt", [b"", b"{", b'{"a": 2}', b'{"a": 1} '], ids=["empty", "cut", "edited", "longer"])
def test_a_file_that_is_not_what_was_received_is_refused_and_landed_anew(landing, spoilt):
    """Its name holds its content's digest: a damaged file is refused, and the same payload lands again beside it."""
    landed, _ = put(landing, b'{"a": 1}')
    Path(landed.path).write_bytes(spoilt)
    with pytest.raises(InputFileError, match=r"it differs from what was received\. fetch it again with --no-resume"):
        landing.read(landed)
    mended, new = put(landing, b'{"a": 1}')
    assert new
    assert landing.newest("s", [DAY]) == [mended]
    assert landing.read(mended) == b'{"a": 1}'


def test_a_file_that_is_gone_or_locked_away_is_one_error(landing):
    """Between listing and reading a file can vanish: refused, no traceback."""
    landed, _ = put(landing, b"{}")
    Path(landed.path).unlink()
    with pytest.raises(InputFileError, match="cannot be read"):
        landing.read(landed)


def test_packed_payloads_are_unpacked_wherever_they_are_packed(landing):
    """Gzip is known by its first bytes, not by the name; several members are one text; other bytes come back as is."""
    packed = gzip.compress(b"[1, ") + gzip.compress(b"2]")
    for key, ext in (("a", "json.gz"), ("b", "json")):
        landed, _ = put(landing, packed, key=key, ext=ext)
        assert landing.read(landed) == b"[1, 2]"
        assert Path(landed.path).read_bytes() == packed
    assert unpacked(b"plain", "x") == b"plain"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (gzip.compress(b"x" * 1000)[:-9], "truncated"),
        (gzip.compress(b"x" * 1000)[:12], "truncated"),
        (b"\x1f\x8b", "truncated"),
        (gzip.compress(b"x" * 1000)[:-8] + bytes(8), "damaged"),
        (gzip.compress(b"x" * 1000) + b"and more", "damaged"),
        (b"\x1f\x8b\x08\x00" + bytes(6) + b"\xff" * 50, "damaged"),
    ],
    ids=["no end", "start", "two bytes", "checksum", "tail", "nonsense"],
)
def test_a_damaged_packed_payload_is_refused(landing, data, what):
    """Truncated, with a wrong checksum, with something behind it: refused as what it is."""
    landed, _ = put(landing, data)
    with pytest.raises(InputFileError, match=what):
        landing.read(landed)


def test_a_bomb_is_refused_in_bounded_memory(landing):
    """Two hundred million zeros in 200 kB are refused with less than 200 MB in use."""
    bomb, _ = put(landing, gzip.compress(bytes(MEGA)) * 200)
    tracemalloc.start()
    try:
        with pytest.raises(InputFileError, match=r"unpacks to more than 67,108,864 bytes"):
            landing.read(bomb)
        assert tracemalloc.get_traced_memory()[1] < 200 * MEGA
    finally:
        tracemalloc.stop()


def test_the_largest_payload_is_bounded_on_the_way_in_and_out(landing, tmp_path):
    """A payload of 100 MB is not stored; one that lies there is refused by its size, before it is read."""
    assert LARGEST == 64 * MEGA
    with pytest.raises(InputFileError, match="104,857,600 bytes; at most 67,108,864"):
        put(landing, bytes(100 * MEGA))
    assert files(tmp_path) == {}
    landed, _ = put(landing, b"{}")
    with Path(landed.path).open("wb") as file:
        file.truncate(100 * MEGA)
    tracemalloc.start()
    try:
        with pytest.raises(InputFileError, match="larger than 67,108,864 bytes, so it is not read"):
            landing.read(landed)
        assert tracemalloc.get_traced_memory()[1] < MEGA
    finally:
        tracemalloc.stop()
