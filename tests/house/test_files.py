"""Files of people: whole or not at all, plain files only, and never through a link that somebody laid out."""

import errno
import os
import socket
import stat
from pathlib import Path

import pytest

from backcourt import leftovers
from backcourt.errors import InputFileError, OutputFileError
from backcourt.files import check_writable, make_folder, read_whole, replacing, replacing_text, write_whole


def no_plain_files(folder):
    """Something of every kind that is no plain file, by its name."""
    (folder / "folder").mkdir()
    (folder / "kept").write_text("kept")
    (folder / "link").symlink_to(folder / "kept")
    (folder / "loose").symlink_to(folder / "nowhere")
    os.mkfifo(folder / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(folder / "socket"))
    return {name: folder / name for name in ("folder", "link", "loose", "pipe", "socket")}


def test_what_is_no_plain_file_is_never_replaced(tmp_path):
    """A folder, a link (to a file or to nothing), a pipe, a socket and a device stay what they are, and are named."""
    for name, path in {**no_plain_files(tmp_path), "device": Path(os.devnull)}.items():
        before = os.lstat(path)
        with pytest.raises(OutputFileError, match=f"is a {'link' if name == 'loose' else name}, not a file"):
            write_whole(path, "new", "--out")
        assert (os.lstat(path).st_mode, os.lstat(path).st_ino) == (before.st_mode, before.st_ino)
    assert (tmp_path / "kept").read_text() == "kept"
    assert not (tmp_path / "nowhere").exists()


def test_what_is_no_plain_file_is_never_read(tmp_path):
    """A folder, a pipe that nobody writes to, a socket and a device are refused at once; a link is followed."""
    found = no_plain_files(tmp_path)
    for path in (found["folder"], found["pipe"], found["socket"], Path("/dev/zero")):
        with pytest.raises(InputFileError):
            read_whole(path, 100)
    assert read_whole(found["link"], 4) == b"kept"
    with pytest.raises(InputFileError, match="has more than 3 bytes"):
        read_whole(found["link"], 3)
    with pytest.raises(InputFileError, match="a character that no file name may have"):
        read_whole(tmp_path / "a\0b", 3)


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT, errno.EIO])
def test_a_failure_leaves_the_old_file_and_nothing_else(tmp_path, number):
    """Whatever goes wrong while it is written, the file is as it was, no part stays, and the reason is said in words."""
    path = tmp_path / "plan.json"
    path.write_text("old")

    def write():
        with replacing(path) as file:
            file.write(b"half")
            raise OSError(number, os.strerror(number))

    with pytest.raises(OutputFileError) as caught:
        write()
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
    assert "the existing file is unchanged" in str(caught.value)
    assert os.strerror(number) not in str(caught.value)


def test_an_interrupt_leaves_the_old_file_and_nothing_else(tmp_path):
    """Ctrl-C in the middle of writing is passed on, with the file as it was."""
    path = tmp_path / "page.html"
    path.write_text("old")

    def write():
        with replacing_text(path) as file:
            file.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write()
    assert (path.read_text(), list(tmp_path.iterdir())) == ("old", [path])


def test_a_part_never_follows_a_link_that_lies_in_wait(tmp_path, monkeypatch):
    """A link under the very name that a part would get is passed over: its target is not touched."""
    victim = tmp_path / "victim"
    victim.write_text("kept")
    monkeypatch.setattr(leftovers, "_NUMBERS", iter(range(100)))
    for number in range(3):
        (tmp_path / f".backcourt-{os.getpid()}-{number}.part").symlink_to(victim)
    (tmp_path / f".backcourt-{os.getpid()}-3.part").symlink_to(tmp_path / "made")
    write_whole(tmp_path / "out", "new")
    assert (victim.read_text(), (tmp_path / "out").read_text()) == ("kept", "new")
    assert not (tmp_path / "made").exists()


def test_modes_are_those_of_a_file_that_is_written_in_place(tmp_path):
    """A new file has the mode that the user's mask gives; an old one keeps its own."""
    mask = os.umask(0o027)
    try:
        write_whole(tmp_path / "new", "x")
        (tmp_path / "old").write_text("y")
        (tmp_path / "old").chmod(0o604)
        write_whole(tmp_path / "old", "z")
    finally:
        os.umask(mask)
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o640
    assert stat.S_IMODE((tmp_path / "old").stat().st_mode) == 0o604


def test_places_that_cannot_be_written(tmp_path):
    """No folder, a read-only one and a read-only file are refused before anything is made, for root too."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o555)
    (tmp_path / "file").write_text("x")
    (tmp_path / "file").chmod(0o444)
    for path in (tmp_path / "no" / "out", tmp_path / "file" / "out", tmp_path / "file", tmp_path / ("n" * 300)):
        with pytest.raises(OutputFileError):
            check_writable(path)
    for path in (closed, tmp_path / "file", tmp_path / "file" / "x", tmp_path / "a\0b"):
        with pytest.raises(OutputFileError):
            make_folder(path, "--out")
    if os.getuid():
        with pytest.raises(OutputFileError):
            check_writable(closed / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["closed", "file"]
