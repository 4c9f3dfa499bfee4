"""Unpack what people have packed: .gz, .xz, .bz2, .tar of any of them, .zip; never further than a limit.

Nothing is written under a name that an archive gives: a member goes into a temporary file, and its name is only shown.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import shutil
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO

from backcourt.errors import InputFileError
from backcourt.files import kind, reason

MOST_BYTES = 4 * 1024**3
"""Bytes to which one file may unpack: play-by-play of thirty seasons in one CSV has half of them."""
_RATIO, _SMALL = 200, 64 * 1024**2
"""How many times its own size a file may unpack to, from which size on: real ones unpack to at most 40 times."""
_MOST_MEMBERS = 1_000
_BLOCK = 1024 * 1024
_HEAD = 512
_TAR = slice(257, 262)
_DAMAGED = (OSError, EOFError, lzma.LZMAError, zlib.error, tarfile.TarError, zipfile.BadZipFile, RuntimeError)
TABLES = frozenset({"csv", "tsv", "txt", "parquet", "json", "sqlite", "sqlite3", "db"})
"""Endings of what can hold a table; whatever else an archive or a folder holds is passed over."""
PACKED = frozenset({"gz", "xz", "bz2", "zip", "tar", "tgz", "txz"})
"""Endings of what is unpacked."""


@dataclass(slots=True)
class Plain:
    """A file that is not packed.

    Attributes:
        path: Where it lies.
        where: What it is called in messages: the file that was given, and the member of it.
        name: Its own name.
        given: The file that was given.
        head: Its first bytes.
    """

    path: Path
    where: str
    name: str
    given: Path
    head: bytes


@dataclass(slots=True)
class Unpacker:
    """Unpacks files into a temporary folder, and counts.

    Attributes:
        folder: The temporary folder.
        passed_over: What is no table, by the file that holds it.
    """

    folder: Path
    passed_over: list[str] = field(default_factory=list)

    def plain(self, path: Path) -> Iterator[Plain]:
        """The files in a file: itself, or what is packed in it, one after the other; a temporary one goes at the end.

        Raises:
            InputFileError: If it cannot be read, is damaged or cut off, is a bomb, or has members with unsafe names.
        """
        what = kind(path, follow=True)
        if what != "file":
            raise InputFileError(f"{path} cannot be read: it is {what}, not a file" if what else f"there is no {path}")
        budget = _Budget(path, path.stat().st_size)
        try:
            yield from self._inside(Plain(path, str(path), path.name, path, _head(path)), budget, depth=0)
        except _DAMAGED as error:
            raise InputFileError(f"{path} cannot be read: {_why(error)}", next_step="fetch or copy it again") from error

    def _inside(self, file: Plain, budget: _Budget, depth: int) -> Iterator[Plain]:
        packing = _packing(file.head)
        if packing == "":
            yield file
            return
        if depth > 1:
            raise InputFileError(f"{file.where}: it is packed more than twice", next_step="unpack it first")
        if packing == "zip":
            yield from self._of_zip(file, budget, depth)
        elif packing == "tar":
            with tarfile.open(file.path, "r:") as archive:
                yield from self._of_tar(archive, file, budget, depth)
        else:
            opened: IO[bytes]
            with _stream(file.path, packing) as opened:
                if opened.read(_HEAD)[_TAR] == b"ustar":
                    opened.seek(0)
                    with tarfile.open(fileobj=opened, mode="r|") as archive:
                        yield from self._of_tar(archive, file, budget, depth)
                    return
                opened.seek(0)
                name = file.name.rsplit(".", 1)[0]
                with self._copied(opened, name, budget) as copy:
                    yield from self._inside(Plain(copy, file.where, name, file.given, _head(copy)), budget, depth + 1)

    def _of_tar(self, archive: tarfile.TarFile, file: Plain, budget: _Budget, depth: int) -> Iterator[Plain]:
        for count, member in enumerate(archive, start=1):
            budget.member(count, member.name)
            if member.isdir():
                continue
            if not member.isreg():
                raise InputFileError(
                    f"{file.where}: its member {_shown(member.name)} is a link or a device, not a file",
                    next_step="unpack it yourself and import the files",
                )
            opened = archive.extractfile(member) if self._is_table(member.name, file) else None
            if opened is not None:
                yield from self._member(opened, member.name, file, budget, depth)

    def _of_zip(self, file: Plain, budget: _Budget, depth: int) -> Iterator[Plain]:
        with zipfile.ZipFile(file.path) as archive:
            for count, member in enumerate(archive.infolist(), start=1):
                budget.member(count, member.filename)
                if member.is_dir():
                    continue
                if stat.S_ISLNK(member.external_attr >> 16):
                    raise InputFileError(
                        f"{file.where}: its member {_shown(member.filename)} is a link, not a file",
                        next_step="unpack it yourself and import the files",
                    )
                if self._is_table(member.filename, file):
                    with archive.open(member) as opened:
                        yield from self._member(opened, member.filename, file, budget, depth)

    def _member(self, opened: IO[bytes], name: str, file: Plain, budget: _Budget, depth: int) -> Iterator[Plain]:
        with self._copied(opened, name, budget) as copy:
            plain = Plain(copy, f"{file.where} ({_shown(name)})", PurePosixPath(name).name, file.given, _head(copy))
            yield from self._inside(plain, budget, depth + 1)

    def _is_table(self, name: str, file: Plain) -> bool:
        """True if a member's name is one of a table; others are passed over, hidden ones without a word."""
        last = PurePosixPath(name).name
        if may_be_table(last):
            return True
        if not last.startswith("."):
            self.passed_over.append(f"{file.where} ({_shown(name)})")
        return False

    @contextmanager
    def _copied(self, opened: IO[bytes], name: str, budget: _Budget) -> Iterator[Path]:
        """An unpacked copy, which goes at the end."""
        ending = PurePosixPath(name).suffix.lower()
        ending = ending if ending[1:] in TABLES else ".bin"
        with tempfile.NamedTemporaryFile(dir=self.folder, suffix=ending, delete=False) as copy:
            path = Path(copy.name)
            while block := opened.read(_BLOCK):
                budget.take(len(block))
                copy.write(block)
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)


@dataclass(slots=True)
class _Budget:
    """How much a file has unpacked to."""

    given: Path
    size: int
    taken: int = 0

    def take(self, count: int) -> None:
        self.taken += count
        if self.taken > MOST_BYTES or self.taken > max(_SMALL, _RATIO * self.size):
            raise InputFileError(
                f"{self.given} has {self.size:,} bytes and unpacks to more than {self.taken - count:,}, "
                "so it is not read",
                next_step="if it is sound, unpack it yourself and import the files",
            )

    def member(self, count: int, name: str) -> None:
        """Refuse too many members, and names that lead out of a folder."""
        if count > _MOST_MEMBERS:
            raise InputFileError(f"{self.given} holds more than {_MOST_MEMBERS:,} files, so it is not read")
        plain = name.replace("\\", "/")
        if plain.startswith("/") or ".." in plain.split("/") or plain[1:2] == ":":
            raise InputFileError(
                f"{self.given}: the name of its member {_shown(name)} leads out of the archive",
                next_step="do not use it, or unpack it yourself and import the files",
            )


def may_be_table(name: str) -> bool:
    """True if a file of this name may hold a table, packed or not; a hidden one never."""
    endings = [part.lower() for part in name.split(".")[1:]]
    return not name.startswith((".", "__MACOSX")) and bool(endings) and endings[-1] in TABLES | PACKED


def space_for(folder: Path, size: int) -> bool:
    """True if a folder has room for so many bytes."""
    return shutil.disk_usage(folder).free > size


def _packing(head: bytes) -> str:
    """How bytes are packed, by how they begin; "" if they are not."""
    if head[_TAR] == b"ustar":
        return "tar"
    begins = {b"\x1f\x8b": "gz", b"\xfd7zXZ\x00": "xz", b"BZh": "bz2", b"PK\x03\x04": "zip", b"PK\x05\x06": "zip"}
    return next((name for sign, name in begins.items() if head.startswith(sign)), "")


def _stream(path: Path, packing: str) -> IO[bytes]:
    if packing == "gz":
        return gzip.open(path)  # type: ignore[return-value] # a GzipFile reads bytes
    return lzma.open(path) if packing == "xz" else bz2.open(path)


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_HEAD)


def _shown(name: str) -> str:
    return ascii(name[:80])[1:-1]


def _why(error: BaseException) -> str:
    """What is wrong with a packed file, in words."""
    if isinstance(error, EOFError) or "end of data" in str(error) or "ended before" in str(error):
        return "it is cut off"
    if isinstance(error, RuntimeError):
        return "it is encrypted" if "encrypted" in str(error) else f"it is packed in a way that is not known: {error}"
    if isinstance(error, OSError) and error.errno:
        return reason(error)
    return f"it is damaged or cut off ({error})" if str(error) else "it is damaged or cut off"
