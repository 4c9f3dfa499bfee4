"""The landing zone: what a source published, kept as it was received, one file per source, date and key.

Layout: {source}/{date}/{key}/{timestamp}-{hash}.{ext} below any fsspec path. The hash is the content's, so an unchanged
payload is not stored twice; a date is listed without looking at others; a file is there whole or not at all.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from backcourt.errors import BackcourtError, InputFileError, OutputFileError
from backcourt.files import reason, write_whole
from backcourt.sources.source import About

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

LARGEST = 64 * 1024 * 1024
"""Bytes of the largest payload, unpacked; a season's schedule has six million."""
_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.=@-]{0,99}")
_EXT = re.compile(r"[a-z0-9]{1,10}(?:\.gz)?")
_FILE = re.compile(rf"(\d{{8}}T\d{{6}}Z)-([0-9a-f]{{16}})\.({_EXT.pattern})")
_STAMP = "%Y%m%dT%H%M%SZ"
_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Landed:
    """A payload in the landing zone.

    Attributes:
        source: Name of the source.
        day: Date that it is about.
        key: Game id, or what else tells the payloads of a date apart.
        received: When it was received (UTC).
        digest: 16 hex digits of its content.
        path: Where it lies.
    """

    source: str
    day: date
    key: str
    received: datetime
    digest: str
    path: str

    @property
    def about(self) -> About:
        """What its parser is told of it."""
        return About(self.key, self.day, self.received, self.path)


class Landing:
    """A landing zone.

    Attributes:
        url: Folder or fsspec address, such as gs://bucket/landing.
    """

    def __init__(self, url: str) -> None:
        """Name the place; nothing is opened yet."""
        self.url = url.rstrip("/") or "/"

    @cached_property
    def _place(self) -> tuple[AbstractFileSystem, str]:
        import fsspec

        try:
            system, root = fsspec.core.url_to_fs(self.url)
        except (ImportError, ValueError) as error:
            raise BackcourtError(
                f"the landing zone {self.url} cannot be used: {error}",
                next_step="name a folder, or install the fsspec package of the address (gs://: backcourt[gcs])",
            ) from error
        return system, str(root)

    def store(
        self, source: str, day: date, key: str, data: bytes, ext: str, *, now: datetime, exact: bool = False
    ) -> tuple[Landed, bool]:
        """Keep a payload; returns it and whether it is new: the newest one of its key with the same content stays.

        What comes later is newer, even in the same second or by a clock that was set back; unless its time is its own.

        Args:
            source: Name of the source.
            day: Date that it is about.
            key: What tells it apart from others of the date.
            data: The bytes as received.
            ext: Extension without the dot, such as json or pdf.
            now: When it was received (UTC).
            exact: True if that is its own time, and not that of the clock: it may be older than others of its key.

        Raises:
            InputFileError: If it is larger than ``LARGEST``, or a name cannot be a file's.
            BackcourtError: If it cannot be written.
        """
        if len(data) > LARGEST:
            raise InputFileError(f"a payload of {source} has {len(data):,} bytes; at most {LARGEST:,} are kept")
        if not _EXT.fullmatch(ext):
            raise InputFileError(f"{ext[:60]!r} cannot be an extension", valid=["json, html, csv.gz"])
        digest = _digest(data)
        earlier = self.versions(source, day, key)
        for same in earlier if exact else earlier[-1:]:
            if same.digest == digest and self._is_whole(same):
                return same, False
        system, root = self._place
        folder = f"{root}/{source}/{day}/{key}"
        received = now.astimezone(UTC).replace(microsecond=0)
        if exact:
            while received in {landed.received for landed in earlier}:
                received += timedelta(seconds=1)
        elif earlier:
            received = max(received, earlier[-1].received + timedelta(seconds=1))
        path = f"{folder}/{received:{_STAMP}}-{digest}.{ext}"
        try:
            system.makedirs(folder, exist_ok=True)
            if "file" in _protocols(system):
                # An object store writes whole objects by itself.
                write_whole(Path(path), data)
            else:
                system.pipe_file(path, data)
        except (OSError, ValueError, OutputFileError) as error:
            cause = error.__cause__ if isinstance(error, OutputFileError) else error
            why = reason(cause) if isinstance(cause, OSError | ValueError) else str(error)
            raise OutputFileError(
                f"the landing zone {self.url} cannot be written: {why}",
                next_step="free space there, or name another place with --landing",
            ) from error
        return Landed(source, day, key, received, digest, path), True

    def versions(self, source: str, day: date, key: str) -> list[Landed]:
        """All payloads of a key, the oldest first.

        Raises:
            InputFileError: If a name cannot be a file's.
        """
        system, root = self._place
        folder = f"{root}/{checked(source)}/{day}/{checked(key)}"
        return _sorted(_landed(source, day, key, path) for path in _files(system, folder))

    def newest(
        self, source: str, days: Sequence[date], keys: Collection[str] = (), passed_over: list[str] | None = None
    ) -> list[Landed]:
        """The newest payload of every key on some dates, by date and key.

        Args:
            source: Name of the source.
            days: The dates.
            keys: Only these keys; all if it is empty.
            passed_over: Gets the paths that are not named like a payload.
        """
        return [versions[-1] for versions in self.every(source, days, keys, passed_over)]

    def every(
        self, source: str, days: Sequence[date], keys: Collection[str] = (), passed_over: list[str] | None = None
    ) -> list[list[Landed]]:
        """The payloads of every key of some dates, in order of their receipt, as ``newest`` looks for them."""
        system, root = self._place
        found: list[list[Landed]] = []
        strange: list[str] = []
        for day in days:
            for entry in _listed(system, f"{root}/{checked(source)}/{day}"):
                key = entry["name"].rsplit("/", 1)[-1]
                if entry["type"] != "directory" or not _PART.fullmatch(key):
                    strange.append(entry["name"])
                elif not keys or key in keys:
                    inside = {
                        item["name"]: _landed(source, day, key, item["name"]) if item["type"] == "file" else None
                        for item in _listed(system, entry["name"])
                    }
                    strange += [path for path, landed in inside.items() if landed is None]
                    versions = _sorted(inside.values())
                    found += [versions] if versions else []
        if passed_over is not None:
            passed_over += _unhidden(strange)
        return sorted(found, key=lambda versions: (versions[-1].day, versions[-1].key))

    def days(self, source: str, passed_over: list[str] | None = None) -> list[date]:
        """The dates of which a source has payloads, in order.

        Args:
            source: Name of the source.
            passed_over: Gets the paths whose names are not dates.
        """
        system, root = self._place
        entries = _listed(system, f"{root}/{checked(source)}")
        found = {
            entry["name"]: _day(entry["name"].rsplit("/", 1)[-1]) if entry["type"] == "directory" else None
            for entry in entries
        }
        if passed_over is not None:
            passed_over += _unhidden(path for path, day in found.items() if day is None)
        return sorted(day for day in found.values() if day)

    def read(self, landed: Landed) -> bytes:
        """The bytes of a payload, unpacked if it is packed (.gz).

        Raises:
            InputFileError: If it cannot be read, is not what was received, is damaged, or unpacks to more than
                ``LARGEST`` bytes.
        """
        data = self._bytes(landed)
        if _digest(data) != landed.digest:
            raise InputFileError(
                f"{landed.path} is damaged: it differs from what was received",
                next_step="fetch it again with --no-resume",
            )
        return unpacked(data, landed.path)

    def _bytes(self, landed: Landed) -> bytes:
        system, _ = self._place
        try:
            if system.size(landed.path) > LARGEST:
                raise InputFileError(f"{landed.path} is larger than {LARGEST:,} bytes, so it is not read")
            data: bytes = system.cat_file(landed.path)
        except OSError as error:
            raise InputFileError(f"{landed.path} cannot be read: {reason(error)}") from error
        return data

    def _is_whole(self, landed: Landed) -> bool:
        try:
            return _digest(self._bytes(landed)) == landed.digest
        except InputFileError:
            return False


def unpacked(data: bytes, where: str) -> bytes:
    """Bytes without gzip around them, whatever the name says; others come back as they are.

    Raises:
        InputFileError: If the packed data are damaged or grow beyond ``LARGEST`` bytes.
    """
    if not data.startswith(b"\x1f\x8b"):
        return data
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
            whole = packed.read(LARGEST + 1)
    except EOFError as error:
        raise InputFileError(f"{where} is truncated", next_step="fetch it again") from error
    except (OSError, zlib.error) as error:
        raise InputFileError(f"{where} is damaged: {error}", next_step="fetch it again") from error
    if len(whole) > LARGEST:
        raise InputFileError(f"{where} unpacks to more than {LARGEST:,} bytes, so it is not read")
    return whole


def checked(part: str) -> str:
    """A name that can be part of a path below the landing zone, and of no other.

    Raises:
        InputFileError: If it cannot.
    """
    if not _PART.fullmatch(part) or ".." in part:
        raise InputFileError(
            f"{part[:60]!r} cannot be a name in the landing zone",
            valid=["letters, digits and _ . = @ -, at most 100, no dots in a row"],
        )
    return part


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:_DIGITS]


def _day(name: str) -> date | None:
    """The date that a folder is named after; None if it is another folder."""
    try:
        return date.fromisoformat(name) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", name, re.ASCII) else None
    except ValueError:
        return None


def _protocols(system: AbstractFileSystem) -> tuple[str, ...]:
    named: Any = system.protocol
    return (named,) if isinstance(named, str) else tuple(named)


def _unhidden(paths: Iterable[str]) -> list[str]:
    """Paths whose last part does not begin with a dot, as a file manager's and a part that was left do."""
    return [path for path in paths if not path.rsplit("/", 1)[-1].startswith(".")]


def _files(system: AbstractFileSystem, path: str) -> list[str]:
    return [entry["name"] for entry in _listed(system, path) if entry["type"] == "file"]


def _listed(system: AbstractFileSystem, path: str) -> list[dict[str, Any]]:
    try:
        return list(system.ls(path, detail=True, refresh=True))
    except (FileNotFoundError, NotADirectoryError):
        return []


def _landed(source: str, day: date, key: str, path: str) -> Landed | None:
    match = _FILE.fullmatch(path.rsplit("/", 1)[-1])
    try:
        received = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC) if match else None
    except ValueError:
        return None
    if not match or received is None:
        return None
    return Landed(source, day, key, received, match[2], path)


def _sorted(found: Any) -> list[Landed]:  # noqa: ANN401 - any iterable of what is landed or None
    return sorted((landed for landed in found if landed), key=lambda landed: (landed.received, landed.digest))
