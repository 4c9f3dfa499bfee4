"""Files of people: read only if they are plain and not too large, written whole or not at all.

A file that is written appears under a name of its own first, in the same folder, and takes the place of the old one
when it is complete: whoever reads sees the old file or the new one, and a full disk costs nothing that was there. The
name is made anew each time and never followed if it is a link, so that nobody can have the bytes written elsewhere.
What a killed process left of that goes with the next file that is written to the folder.
"""

from __future__ import annotations

import errno
import hashlib
import io
import json
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from backcourt.errors import InputFileError, OutputFileError
from backcourt.leftovers import new_file

_REASONS: Mapping[int, str] = {
    errno.ENOENT: "there is no such file or folder",
    errno.ENOTDIR: "a part of its path is a file, not a folder",
    errno.EISDIR: "it is a folder, not a file",
    errno.EACCES: "this user may not open it; check its owner and mode",
    errno.EPERM: "this user may not do that with it; check its owner and mode",
    errno.EROFS: "its file system is read-only",
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota of this user is used up",
    errno.EFBIG: "it would be larger than this process or disk allows",
    errno.ENAMETOOLONG: "its name is too long",
    errno.ELOOP: "it is a link, or its links go in a circle",
    errno.EMFILE: "this process has too many files open",
    errno.ENFILE: "this machine has too many files open",
    errno.ENOMEM: "there is too little memory",
    errno.EIO: "the disk does not answer as it should",
    errno.ENXIO: "it is a socket or a pipe, not a file",
    errno.ENODEV: "it is a device, not a file",
    errno.EEXIST: "there is something of that name already",
    errno.ENOTEMPTY: "the folder is not empty",
    errno.ETXTBSY: "a program that is running uses it",
    errno.EBUSY: "another program uses it",
    errno.ECONNREFUSED: "nothing answers there",
    errno.ETIMEDOUT: "it took too long to answer",
}
_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISLNK, "a link"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def reason(error: OSError | ValueError) -> str:
    """What went wrong with a file, in words for people."""
    if not isinstance(error, OSError):
        return "its name holds a character that no file name may have"
    return _REASONS.get(error.errno or 0, "the system refused it")


def is_full(error: BaseException) -> bool:
    """True if the error says that there is no room left to write."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def kind(path: Path, *, follow: bool) -> str:
    """What stands at a path: "file", "" for nothing, or "a folder", "a device" and the like.

    Args:
        path: The path.
        follow: True for what a link leads to.

    Raises:
        OSError: If it cannot be looked at.
        ValueError: If it cannot be a path.
    """
    try:
        mode = (path.stat() if follow else path.lstat()).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return ""
    return next((name for is_it, name in _KINDS if is_it(mode)), "file")


def read_whole(path: Path, largest: int) -> bytes:
    """The bytes of a plain file; a link to one is followed.

    Args:
        path: The file.
        largest: Bytes that it may have.

    Raises:
        FileNotFoundError: If there is none.
        InputFileError: If it is not a plain file, is too large, or cannot be read.
    """
    try:
        # Not blocking: a pipe that nobody writes to would be waited for.
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        mode = os.fstat(handle).st_mode
        what = next((name for is_it, name in _KINDS if is_it(mode)), "")
        if what:
            os.close(handle)
            raise InputFileError(f"{path} is {what}, not a file")
        with os.fdopen(handle, "rb") as file:
            data = file.read(largest + 1)
    except FileNotFoundError:
        raise
    except (OSError, ValueError) as error:
        raise InputFileError(f"{path} cannot be read: {reason(error)}") from error
    if len(data) > largest:
        raise InputFileError(f"{path} has more than {largest:,} bytes")
    return data


def check_writable(path: Path, option: str = "") -> None:
    """Refuse a place for a file before any work is done for it.

    Args:
        path: The file to be written.
        option: The option that names it, for the next step.

    Raises:
        OutputFileError: If its folder is missing or not writable, or the path is not a plain file.
    """
    step = f"name another file with {option}" if option else "name another file"
    try:
        there, folder = kind(path, follow=False), kind(path.parent, follow=True)
        if there not in {"", "file"} or path.name in {"", ".", ".."}:
            raise OutputFileError(f"{path} cannot be written: it is {there or 'a folder'}, not a file", next_step=step)
        if folder != "a folder":
            raise OutputFileError(
                f"{path} cannot be written: there is no folder {path.parent}", next_step=f"create it, or {step}"
            )
        # Root may write a read-only file all the same; whoever made it read-only meant it.
        if not os.access(path.parent, os.W_OK) or (there and not path.stat().st_mode & 0o222):
            raise OutputFileError(f"{path} cannot be written: it is read-only", next_step=step)
    except (OSError, ValueError) as error:
        raise OutputFileError(f"{path} cannot be written: {reason(error)}", next_step=step) from error


@contextmanager
def replacing(path: Path, option: str = "", *, durable: bool = True) -> Iterator[BinaryIO]:
    """A file to write to that takes the place of ``path`` when the block has ended well, and else leaves no trace.

    Args:
        path: The file to be written; its mode stays.
        option: The option that names it, for the next step.
        durable: False for what may be lost in a power cut, such as a cache: it costs less.

    Raises:
        OutputFileError: If it cannot be written; what was there is unchanged.
    """
    check_writable(path, option)
    try:
        beside, handle = new_file(path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                with suppress(FileNotFoundError):
                    os.fchmod(handle, stat.S_IMODE(path.stat().st_mode))
                yield file
                file.flush()
                if durable:
                    os.fsync(handle)
                # While it is open, and so locked: nobody takes it for what a dead process left.
                beside.replace(path)
        except BaseException:
            with suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
    except OSError as error:
        left = "; the existing file is unchanged" if kind(path, follow=False) else ""
        raise OutputFileError(
            f"{path} could not be written: {reason(error)}{left}",
            next_step="free some space and run the same command again"
            if is_full(error)
            else f"name another file{f' with {option}' if option else ''}",
        ) from error


def write_whole(path: Path, content: str | bytes, option: str = "", *, durable: bool = True) -> None:
    """Write a file whole or not at all, as ``replacing`` does; texts in UTF-8.

    Raises:
        OutputFileError: If it cannot be written; what was there is unchanged.
    """
    data = content.encode("utf-8", "backslashreplace") if isinstance(content, str) else content
    with replacing(path, option, durable=durable) as file:
        file.write(data)


@contextmanager
def replacing_text(path: Path, option: str = "") -> Iterator[io.TextIOWrapper]:
    """As ``replacing``, for lines of text in UTF-8 whose ends are written as they are given."""
    with replacing(path, option) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", errors="backslashreplace", newline="", write_through=True)
        try:
            yield text
        finally:
            # The file below is closed by whoever opened it.
            text.detach()


def make_folder(path: Path, option: str = "") -> None:
    """Make a folder for files, with those above it, unless it is there.

    Raises:
        OutputFileError: If it cannot be made, or nothing can be written into it.
    """
    step = f"name another folder with {option}" if option else "name another folder"
    try:
        there = kind(path, follow=True)
        if there not in {"", "a folder"}:
            what = "a file" if there == "file" else there
            raise OutputFileError(f"{path} cannot be written: it is {what}, not a folder", next_step=step)
        path.mkdir(parents=True, exist_ok=True)
        # Root may write a read-only folder all the same; whoever made it read-only meant it.
        if not os.access(path, os.W_OK) or path.stat().st_mode & 0o222 == 0:
            raise OutputFileError(f"{path} cannot be written: it is read-only", next_step=step)
    except (OSError, ValueError) as error:
        raise OutputFileError(f"{path} cannot be written: {reason(error)}", next_step=step) from error


def checksum(content: Mapping[str, Any]) -> str:
    """A sum over the content of a JSON file, 16 hex digits: it shows whether somebody edited the file."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]
