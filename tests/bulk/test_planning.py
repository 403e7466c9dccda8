"""What a second run has to do, and what no run may do."""

from __future__ import annotations

import io
import os
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from image_worker.bulk import Finder, Manifest, ManifestError, Plan, Template, Wanted, plan, planned
from image_worker.bulk.task import Done, Item

if TYPE_CHECKING:
    from collections.abc import Iterator


class Desk:
    """A folder with sources, and a manifest."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.manifest = Manifest(folder / "out" / "manifest")

    def source(self, name: str, content: bytes = b"picture") -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def plan(
        self, *names: str, to: str = "out/{stem}.{ext}", ext: str = "webp", **more: object
    ) -> Plan:
        wanted = Wanted(Template.read(to), ext, **{"job": "job", **more})  # type: ignore[arg-type]
        finder = Finder(names or ("in",), frozenset({".jpg", ".png"}), io.BytesIO)
        return plan(finder, wanted, self.manifest)

    def do(self, *, code: str = "") -> None:
        """Pretend that all that is planned was done."""
        for one in list(planned(self.manifest)):
            written = Path(one.item.output.replace("{ext}", "jpg"))
            if not code:
                written.parent.mkdir(exist_ok=True)
                written.write_bytes(b"result")
            done = Done(one.item, "" if code else str(written), bytes_out=6, code=code)
            self.manifest.keep(done, one.size, one.modified, "job")


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    desk = Desk(tmp_path)
    desk.source("in/a.jpg")
    desk.source("in/b.png")
    yield desk
    desk.manifest.close()


def test_what_is_done_is_not_done_again(desk: Desk) -> None:
    assert desk.plan().counts == {"new": 2}
    desk.do()
    again = desk.plan()
    assert (again.total, again.ready, again.conflicts) == (0, 2, [])


@pytest.mark.parametrize("ext", ["webp", "{ext}"])
def test_whatever_changed_is_done_again(desk: Desk, ext: str) -> None:
    desk.plan(ext=ext)
    desk.do()
    desk.source("in/a.jpg", b"another picture")
    assert desk.plan(ext=ext).counts == {"changed": 1, "": 1}
    desk.do()
    assert desk.plan(ext=ext, job="another").counts == {"other job": 2}
    next(iter((desk.folder / "out").glob("b.*"))).unlink()
    assert desk.plan(ext=ext).counts == {"": 1, "result missing": 1}
    assert desk.plan(ext=ext, force=True).counts == {"forced": 2}


def test_what_failed_is_tried_again_once_a_run(desk: Desk) -> None:
    desk.plan()
    desk.do(code="image_corrupt")
    assert desk.plan().counts == {"failed before": 2}
    assert desk.plan(retry=False).counts == {"": 2}
    desk.source("in/a.jpg", b"mended picture")
    assert desk.plan(retry=False).counts == {"changed": 1, "": 1}


def test_two_sources_never_have_one_result(desk: Desk) -> None:
    desk.source("in/a.png")
    made = desk.plan()
    assert made.conflict_count == 1
    assert made.conflicts[0].endswith(
        "/in/a.png would both become " + str(desk.folder / "out/a.webp")
    )
    assert desk.plan(to="out/{name}.webp").conflicts == []


def test_nor_if_the_other_was_done_by_an_earlier_run(desk: Desk) -> None:
    desk.plan()
    desk.do()
    desk.source("more/a.jpg")
    assert "was made from" in desk.plan("more").conflicts[0]
    assert desk.plan("more", force=True).counts == {"forced": 1}
    (desk.folder / "in" / "a.jpg").unlink()  # it was moved there
    assert desk.plan("more").counts == {"new": 1}


def test_no_source_is_replaced(desk: Desk) -> None:
    desk.source("in/a_1.jpg")
    made = desk.plan("in/a.jpg", "in/a_1.jpg", to="{dir}/{stem}_1.{ext}", ext="jpg")
    assert "would replace another input" in made.conflicts[0]
    made = desk.plan("in/a.jpg", to="{dir}/{name}", ext="jpg")
    assert "would replace its own source" in made.conflicts[0]
    (desk.folder / "link").symlink_to(desk.folder / "in")
    made = desk.plan("in/a.jpg", to="link/{name}", ext="jpg")
    assert "would replace its own source" in made.conflicts[0]
    assert made.total == 0


def test_results_are_not_sources(desk: Desk) -> None:
    beside = {"to": "{dir}/{stem}_1.{ext}", "ext": "jpg"}
    assert desk.plan(**beside).total == 2  # type: ignore[arg-type]
    desk.do()
    again = desk.plan(**beside)  # type: ignore[arg-type]
    assert (again.total, again.ready, again.results, again.conflicts) == (0, 2, 2, [])


def test_a_file_that_is_named_twice_is_done_once(desk: Desk) -> None:
    assert desk.plan("in", "in/a.jpg", "in/*.jpg").counts == {"new": 2}


def test_results_of_others_can_be_left_alone(desk: Desk) -> None:
    desk.source("out/a.webp")
    assert desk.plan(skip_existing=True).counts == {"": 1, "new": 1}
    assert desk.plan().counts == {"new": 2}


def test_a_file_that_is_being_written_waits(desk: Desk) -> None:
    now = time.time_ns()
    os.utime("in/a.jpg", ns=(now, now))
    os.utime("in/b.png", ns=(now, now - 2 * 10**9))
    made = desk.plan(now=now)
    assert (made.total, made.unsettled) == (1, 1)


def test_one_run_at_a_time(desk: Desk) -> None:
    with pytest.raises(ManifestError, match="another run uses"):
        Manifest(desk.manifest.path)


def test_a_dry_run_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "none" / "manifest"
    Manifest(path, keep=False).close()
    assert not path.parent.exists()


def test_a_file_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE albums (name)")
    other.commit()
    other.close()
    before = path.read_bytes()
    with pytest.raises(ManifestError, match="belongs to another program"):
        Manifest(path)
    assert path.read_bytes() == before
    path.write_bytes(b"no database at all, but long enough to be one" * 30)
    with pytest.raises(ManifestError, match="cannot use"):
        Manifest(path)


def test_names_need_not_be_text(desk: Desk) -> None:
    name = os.fsdecode(b"in/caf\xe9.jpg")
    desk.source(name)
    assert desk.plan(name).total == 1
    (one,) = planned(desk.manifest)
    assert one.item == Item(
        str(desk.folder / name), str(desk.folder / os.fsdecode(b"out/caf\xe9.webp"))
    )
