"""Results that become files, and pictures that come from files."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.worker import Ticket
from tests.job.making import PNG, job, worker

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.png").write_bytes(PNG)
    return tmp_path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def to(path: str) -> dict[str, Any]:
    return {"format": "PNG", "delivery": {"path": path}}


def test_a_result_becomes_a_file(root: Path) -> None:
    asked = job(output=to("out/{job}/{name}.{ext}"))
    said = worker(volume=root).answer(asked, Ticket(id="j1"))
    assert said["processed_image"] is None
    assert said["delivery"] == {"type": "path", "path": "out/j1/image.png"}
    data = (root / "out/j1/image.png").read_bytes()
    assert hashlib.sha256(data).hexdigest() == said["metadata"]["sha256"]
    assert worker(volume=root).answer(asked, Ticket(id="j1"))["success"]  # as after a retry
    assert names(root / "out" / "j1") == ["image.png"]


@pytest.mark.parametrize("image", [{"path": "in/a.png"}, "in/a.png"])
def test_a_picture_comes_from_a_file(root: Path, image: Any) -> None:
    assert worker(volume=root).answer({"image": image})["metadata"]["width"] == 40


@pytest.mark.parametrize(
    ("image", "code", "path"),
    [
        ({"path": "in/b.png"}, "source_not_found", "image.path"),
        ({"path": "in"}, "source_failed", "image.path"),
        ({"path": "../a.png"}, "invalid_parameter", "image.path"),
        ({"path": "in/a.png", "sha256": "0" * 64}, "invalid_parameter", "image.sha256"),
        ("in/b.png", "source_not_found", "image.path"),
        ("../a.png", "invalid_parameter", "image.path"),
        ("/etc/hosts.conf", "invalid_parameter", "image.path"),
        ("in/a", "invalid_parameter", "image"),
        ("iVBORw0KGgo/AAAA", "invalid_parameter", "image"),
        ("ftp://example.com/a.png", "invalid_parameter", "image"),
    ],
)
def test_what_is_no_file_here_is_refused(root: Path, image: Any, code: str, path: str) -> None:
    said = worker(volume=root).answer({"image": image})
    assert (said["code"], said["path"]) == (code, path)
    assert str(root) not in said["error"]


def test_a_file_has_no_more_bytes_than_a_source_may(root: Path) -> None:
    one = worker(volume=root)
    limits = {"max_source_bytes": len(PNG)}
    assert one.answer({"image": "in/a.png", "limits": limits})["success"]
    limits["max_source_bytes"] -= 1
    said = one.answer({"image": "in/a.png", "limits": limits})
    assert (said["code"], said["path"]) == ("source_too_large", "image.path")


def test_without_a_volume_there_are_no_files() -> None:
    said = worker().answer({"image": "in/a.png"})
    assert (said["code"], said["path"]) == ("source_blocked", "image.path")
    assert worker().answer(job(output=to("a.png")))["code"] == "delivery_blocked"


@pytest.mark.parametrize("path", ["../a.png", "/a.png", "a//b", "{job}/../../a"])
def test_a_path_that_leads_elsewhere_is_refused(root: Path, path: str) -> None:
    said = worker(volume=root).answer(job(output=to(path)))
    assert (said["code"], said["path"]) == ("invalid_parameter", "output.delivery")


def test_a_file_that_cannot_be_written_is_told_and_the_result_kept(root: Path) -> None:
    said = worker(volume=root).answer(job(output=to("in")))
    assert (said["success"], said["code"]) == (False, "delivery_failed")
    assert said["processed_image"].startswith("data:")
    assert str(root) not in said["error"]
