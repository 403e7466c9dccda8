"""The texts to take away work as they stand."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import pyvips
from playwright.sync_api import expect

from tests.e2e.processes import ROOT, environment
from tests.page.test_queue import SAMPLES
from tests.page.visit import add_step, fact, size

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

JOB = {
    "operations": [
        {"type": "resize", "params": {"width": 320}},
        {"type": "overlay", "params": {"text": {"content": 'it\'s $HOME "here"'}}},
        {"type": "adjust", "params": {"brightness": 1.2}, "where": {"right": "50%"}},
    ],
    "output": {"format": "PNG"},
}
SIZE = (320, 240)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the picture, and the command where a shell finds it."""
    made = tmp_path_factory.mktemp("take")
    shutil.copy(f"{SAMPLES}/sunset.jpg", made)
    command = made / "image-worker"
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m image_worker "$@"\n')
    command.chmod(0o755)
    return made


def text(page: Page, name: str) -> str:
    page.get_by_role("button", name="JSON", exact=True).click()
    page.get_by_label("The job as JSON").fill(json.dumps(JOB))
    expect(fact(page, "Size")).to_have_text(size(320, 240))
    page.get_by_role("button", name=name, exact=True).click()
    return page.locator(".take code").inner_text()


def run(folder: Path, *command: str) -> None:
    path = f"{folder}:{environment()['PATH']}"
    done = subprocess.run(
        command,
        check=False,
        cwd=folder,
        env=environment(PYTHONPATH=str(ROOT / "src"), PATH=path),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("name", ["curl", "Command line", "Python"])
def test_a_text_makes_the_picture(page: Page, folder: Path, name: str) -> None:
    result = folder / "result.png"
    result.unlink(missing_ok=True)
    said = text(page, name)
    run(folder, *([sys.executable, "-c", said] if name == "Python" else ["sh", "-c", said]))
    made = pyvips.Image.new_from_file(str(result))
    assert (made.width, made.height) == SIZE


def test_javascript_makes_the_picture(page: Page) -> None:
    said = text(page, "JavaScript")
    size = page.evaluate(
        f"""async () => {{
            const file = new File([await (await fetch("static/samples/sunset.jpg")).blob()], "a");
            {said}
            const made = await createImageBitmap(picture);
            return [made.width, made.height];
        }}"""
    )
    assert tuple(size) == SIZE


def test_the_runpod_job_is_what_the_worker_takes(page: Page, folder: Path) -> None:
    job = json.loads(text(page, "RunPod"))
    assert job["input"].pop("image") == {"url": "https://example.com/photo.jpg"}
    assert job["input"] == JOB


def test_renditions_are_taken_away_too(page: Page, folder: Path) -> None:
    page.get_by_role("button", name="Add a rendition").click()
    expect(page.get_by_label("All results")).to_be_visible()
    page.get_by_role("button", name="Python", exact=True).click()
    run(folder, sys.executable, "-c", page.locator(".take code").inner_text())
    assert (folder / "size-1-400.webp").is_file()


def test_one_click_copies(page: Page) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    add_step(page, "flip")
    page.get_by_role("button", name="Copy", exact=True).click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()").startswith("curl http")


def test_the_picture_is_saved_under_the_ending_of_its_format(page: Page) -> None:
    with page.expect_download() as saving:
        page.get_by_role("button", name="Save the picture").click()
    assert saving.value.suggested_filename == "result.jpg"
