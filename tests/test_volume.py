"""Files below one folder, and none beside it."""

from __future__ import annotations

import errno
import os
import stat
import threading
from typing import TYPE_CHECKING

import pytest

from image_worker import volume as volumes
from image_worker.errors import InvalidParameterError
from image_worker.volume import Volume

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Make a volume with a picture in it, and a secret beside it."""
    (tmp_path / "secret.txt").write_text("secret")
    root = tmp_path / "volume"
    (root / "in").mkdir(parents=True)
    (root / "in" / "a.png").write_bytes(b"picture")
    return root


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_written_is_read(root: Path) -> None:
    volume = Volume(root)
    for data in (b"first", b"second", b""):
        volume.write("out/deep/x.png", data)
        assert volume.read("out/deep/x.png", 100) == data
    assert names(root / "out" / "deep") == ["x.png"]
    mode = stat.S_IMODE((root / "out/deep/x.png").stat().st_mode)
    assert mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_path_may_begin_with_the_volume(root: Path) -> None:
    assert Volume(root).read(f"{root}/in/a.png", 100) == b"picture"


def test_no_more_is_read_than_may_be_and_one_byte(root: Path) -> None:
    assert Volume(root).read("in/a.png", 3) == b"pict"


@pytest.mark.parametrize(
    "path",
    [
        "../secret.txt",
        "in/../../secret.txt",
        "/etc/passwd",
        "//etc/passwd",
        "in//a.png",
        "./in/a.png",
        "in/a.png/",
        "",
        ".",
        "..",
        "/",
        "in\\..\\a",
        "in/a\0.png",
        "in/a\n.png",
        "\ud800/a",
        "a" * 201,
        "é" * 101,
        "/".join("a" * 33),
    ],
)
def test_a_path_that_leads_elsewhere_is_refused(root: Path, path: str) -> None:
    with pytest.raises(InvalidParameterError, match="expected a path below the volume"):
        Volume(root).read(path, 100)
    with pytest.raises(InvalidParameterError):
        Volume(root).write(path, b"x")
    assert not list(root.rglob("*.part"))


@pytest.mark.parametrize("target", ["..", "../secret.txt", "/etc", "in", "in/a.png", "nowhere"])
def test_links_are_not_followed(root: Path, target: str) -> None:
    (root / "link").symlink_to(target)
    for path in ("link", "link/secret.txt", "link/passwd", "link/a.png"):
        with pytest.raises(OSError, match=r"link|Not a directory"):
            Volume(root).read(path, 100)
    with pytest.raises(OSError, match=r"link|Not a directory"):
        Volume(root).write("link/new.txt", b"x")
    Volume(root).write("link", b"mine")  # it takes the place of the link
    assert (root / "link").read_bytes() == b"mine"
    assert (root.parent / "secret.txt").read_text() == "secret"
    assert (root / "in" / "a.png").read_bytes() == b"picture"


def test_what_is_no_file_is_not_read(root: Path) -> None:
    os.mkfifo(root / "pipe")
    for path in ("pipe", "in"):
        with pytest.raises(IsADirectoryError):
            Volume(root).read(path, 100)
    with pytest.raises(FileNotFoundError):
        Volume(root).read("in/b.png", 100)
    with pytest.raises(OSError, match="directory"):
        Volume(root).write("in", b"x")
    assert names(root / "in") == ["a.png"]
    assert not list(root.glob(".*"))


def test_readers_see_the_old_file_or_the_new_one(root: Path) -> None:
    volume, done = Volume(root), threading.Event()
    contents = {letter * 300_000 for letter in (b"a", b"b")}
    volume.write("x", b"a" * 300_000)

    def write() -> None:
        for _ in range(50):
            for data in contents:
                volume.write("x", data)
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        assert volume.read("x", 10**6) in contents
    writer.join()


def test_a_full_disk_leaves_nothing(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        Volume(root).write("in/new.png", b"x")
    assert names(root / "in") == ["a.png"]


def test_storage_that_knows_only_named_files_will_do(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(volumes, "_NAMELESS", 0)
    Volume(root).write("in/new.png", b"x")
    assert names(root / "in") == ["a.png", "new.png"]
