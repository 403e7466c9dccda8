"""Files are written whole or not at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from image_worker.bulk import writing

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(params=["nameless", "named"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "named":
        monkeypatch.setattr(writing, "_NAMELESS", 0)


def test_makes_folders_and_files(way: None, tmp_path: Path) -> None:
    target = tmp_path / "a" / "b" / "c.jpg"
    writing.write(target, b"new")
    assert target.read_bytes() == b"new"
    assert [path.name for path in target.parent.iterdir()] == ["c.jpg"]


def test_replaces_a_file_and_keeps_its_mode(way: None, tmp_path: Path) -> None:
    target = tmp_path / "c.jpg"
    target.write_bytes(b"older and longer")
    target.chmod(0o640)
    writing.write(target, b"new")
    assert (target.read_bytes(), target.stat().st_mode & 0o777) == (b"new", 0o640)
    assert [path.name for path in tmp_path.iterdir()] == ["c.jpg"]


def test_a_part_that_a_kill_left_is_replaced(way: None, tmp_path: Path) -> None:
    (tmp_path / writing.part_of("c.jpg")).write_bytes(b"half")
    writing.write(tmp_path / "c.jpg", b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["c.jpg"]
    assert (tmp_path / "c.jpg").read_bytes() == b"new"


def test_a_link_stays_a_link(way: None, tmp_path: Path) -> None:
    (tmp_path / "link.jpg").symlink_to(tmp_path / "c.jpg")
    writing.write(tmp_path / "link.jpg", b"new")
    assert (tmp_path / "link.jpg").is_symlink()
    assert (tmp_path / "c.jpg").read_bytes() == b"new"


def test_what_cannot_be_written_leaves_nothing(way: None, tmp_path: Path) -> None:
    (tmp_path / "c.jpg").mkdir()
    with pytest.raises(OSError, match=r".") as problem:
        writing.write(tmp_path / "c.jpg", b"new")
    assert not isinstance(problem.value, FileExistsError)
    assert [path.name for path in tmp_path.iterdir()] == ["c.jpg"]


def test_the_longest_names_have_parts_of_their_own(way: None, tmp_path: Path) -> None:
    names = [f"{'長' * 83}{number}.jp" for number in range(2)]
    assert len({writing.part_of(name) for name in names}) == 2
    for name in names * 2:
        writing.write(tmp_path / name, name.encode())
    assert sorted(path.name for path in tmp_path.iterdir()) == names
