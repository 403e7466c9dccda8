"""Files by name, folder, pattern and list."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from image_worker.bulk.finding import Finder, NotFound

PICTURES = frozenset({".jpg", ".png"})


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in (
        "p/b/two.PNG",
        "p/one.jpg",
        "p/notes.txt",
        "p/.hidden.jpg",
        "p/.git/x.jpg",
        "z.gif",
    ):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"1234")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def found(*names: str, given: bytes = b"", **more: bool) -> list[tuple[str, str]]:
    finder = Finder(names, PICTURES, lambda: io.BytesIO(given), **more)
    return [(one.path, one.below) for one in finder]


def test_a_folder_is_searched_for_pictures_in_a_fixed_order(tree: Path) -> None:
    assert found("p") == [("p/b/two.PNG", "b"), ("p/one.jpg", "")]


def test_links_to_folders_are_not_followed(tree: Path) -> None:
    (tree / "p" / "again").symlink_to(tree / "p")
    assert found("p") == [("p/b/two.PNG", "b"), ("p/one.jpg", "")]


def test_what_is_named_itself_counts_whatever_its_ending(tree: Path) -> None:
    assert found("z.gif", "p/notes.txt") == [("z.gif", ""), ("p/notes.txt", "")]


def test_patterns(tree: Path) -> None:
    assert found("p/**/*.PNG") == [("p/b/two.PNG", "")]
    assert found("p/*") == [("p/notes.txt", ""), ("p/one.jpg", "")]
    (tree / "[odd].jpg").write_bytes(b"")
    assert found("[odd].jpg") == [("[odd].jpg", "")]


def test_lists_name_files(tree: Path) -> None:
    (tree / "list.txt").write_bytes(b"p/one.jpg\r\n\nmissing.jpg\n")
    assert found("@list.txt") == [("p/one.jpg", ""), ("missing.jpg", "")]
    assert found("-", given=b"a b.jpg\nc.jpg") == [("a b.jpg", ""), ("c.jpg", "")]
    assert found("-", given=b"a\nb.jpg\0c.jpg\0", nul=True) == [("a\nb.jpg", ""), ("c.jpg", "")]
    assert found("-", given=b"x" * 70_000 + b"\ny") == [("x" * 70_000, ""), ("y", "")]


def test_names_need_not_be_text(tree: Path) -> None:
    name = b"caf\xe9.jpg"
    Path(os.fsdecode(name)).write_bytes(b"12")
    (one,) = Finder(("-",), PICTURES, lambda: io.BytesIO(name))
    assert (os.fsencode(one.path), one.size) == (name, 2)


def test_sizes_and_times_come_along(tree: Path) -> None:
    os.utime("z.gif", ns=(5, 7))
    (one, other) = Finder(("z.gif", "-"), PICTURES, lambda: io.BytesIO(b"missing"))
    assert (one.size, one.modified) == (4, 7)
    assert (other.size, other.modified) == (-1, -1)


@pytest.mark.parametrize("name", ["missing.jpg", "none/*.jpg", "@missing.txt"])
def test_a_name_that_leads_nowhere_is_an_error(tree: Path, name: str) -> None:
    with pytest.raises(NotFound, match="cannot read"):
        found(name)
    assert found(name, "z.gif", lenient=True) == [("z.gif", "")]
