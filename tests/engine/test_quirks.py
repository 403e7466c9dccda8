"""Five behaviours that everything built upon pyvips inherits, and that we are not hurt by them.

Each test first shows the behaviour as it is in the library that we pin: where that fails after an
update, the library was mended, and our remedy may go. Then it shows our own code beside it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TYPE_CHECKING

import pytest
import pyvips

from image_worker import process
from image_worker.engine import InProcessEngine
from image_worker.errors import CorruptImageError, ImageWorkerError, JobTimeoutError
from image_worker.picture import forget_failure
from tests.job.making import PNG, job, step, text_of, worker
from tests.pictures import encoded, noise
from tests.pipeline.awkward import vips

if TYPE_CHECKING:
    from pathlib import Path

HALF = {
    kind: whole[: len(whole) // 2]
    for kind, whole in {
        "JPEG": encoded(noise((640, 480)), "JPEG"),
        "JPEG progressive": encoded(noise((640, 480)), "JPEG", progressive=True),
        "WEBP": encoded(noise((640, 480)), "WEBP"),
        "PNG": encoded(noise((640, 480))),
        "GIF": encoded(noise((640, 480)), "GIF"),
        "TIFF": encoded(noise((640, 480)), "TIFF"),
    }.items()
}
"""The first half of a file of each format."""


@pytest.fixture(autouse=True)
def _clean() -> None:
    """Have the engine set libvips up, and begin and end without a text of failure."""
    InProcessEngine()
    forget_failure()


# 1. The `thumbnail_*` operations take `fail_on` and do not heed it (libvips issue 5195).


def test_the_library_makes_a_thumbnail_of_half_a_file() -> None:
    made = pyvips.Image.thumbnail_buffer(HALF["JPEG"], 100, fail_on="truncated")
    assert len(made.copy_memory().jpegsave_buffer()) > 0


@pytest.mark.parametrize("kind", HALF)
@pytest.mark.parametrize("width", [500, 130, 40, 8])
def test_half_a_file_is_corrupt_however_much_the_decoder_shrinks_it(kind: str, width: int) -> None:
    with pytest.raises(CorruptImageError):
        process(HALF[kind], [step("resize", width=width)])


def test_half_an_overlay_is_corrupt() -> None:
    lay = step("overlay", image={"base64": text_of(HALF["JPEG"])}, width=20)
    assert worker().answer(job(lay))["code"] == "image_corrupt"


# 2. A byte of a file that is not UTF-8, in libvips' text of a failure, spoils all later failures.


@cache
def _poisonous() -> bytes:
    """Return an AVIF with such a byte in the name of one of its boxes."""
    image = vips(noise((64, 48))).copy()
    image.set_type(pyvips.GValue.gint_type, "orientation", 6)
    data = bytes(image.heifsave_buffer(compression="av1", effort=0))
    place = data.index(b"irot")
    return data[:place] + b"\xe9" + data[place + 1 :]


def _failure(data: bytes) -> type[Exception] | None:
    try:
        pyvips.Image.new_from_buffer(data, "", fail_on="truncated").copy_memory()
    except pyvips.Error as error:
        return type(error)
    return None


SPOIL = """
import sys, pyvips
def failure(data):
    try:
        pyvips.Image.new_from_buffer(data, "", fail_on="truncated").copy_memory()
    except Exception as error:
        return type(error).__name__
def healthy():
    try:
        return pyvips.Image.black(9, 9).pngsave_buffer()[1:4].decode()
    except Exception as error:
        return type(error).__name__
half, poison = (open(name, "rb").read() for name in sys.argv[1:])
print(failure(half), healthy(), failure(poison), failure(half), healthy())
"""


def test_in_the_library_one_file_spoils_all_that_follows(tmp_path: Path) -> None:
    files = [tmp_path / "half", tmp_path / "poison"]
    for file, data in zip(files, (HALF["JPEG"], _poisonous()), strict=True):
        file.write_bytes(data)
    done = subprocess.run(
        [sys.executable, "-c", SPOIL, *map(str, files)], capture_output=True, check=True, text=True
    )
    first, second = done.stdout.split()[:2], done.stdout.split()[2:]
    assert first == ["Error", "PNG"]
    assert second == ["UnicodeDecodeError"] * 3


def test_a_poisonous_file_is_an_error_of_its_own_and_spoils_nothing() -> None:
    do = worker(cache_bytes=0).answer
    healthy = do(job())
    before = do({"image": {"base64": text_of(HALF["JPEG"])}})
    for _ in range(2):
        assert do({"image": {"base64": text_of(_poisonous())}})["code"] == "image_corrupt"
        assert do({"image": {"base64": text_of(HALF["JPEG"])}}) == before
        assert do(job())["processed_image"] == healthy["processed_image"]


def test_what_is_left_of_another_failure_does_not_change_a_job() -> None:
    """Nobody empties the text in between, as where another thread has just failed."""
    broken = encoded(noise((40, 30)), icc_profile=b"no profile at all" * 20)
    jobs = [
        {"image": {"base64": text_of(broken)}, "output": {"format": "PNG"}, "cache": "off"},
        job(step("overlay", text={"content": "\u200b"}), cache="off"),  # nothing to be seen
        job(step("overlay", text={"content": "<b>x", "markup": True}), cache="off"),
    ]
    do = worker(cache_bytes=0).answer
    clean = [do(one) for one in jobs]
    assert [answer["success"] for answer in clean] == [True, True, False]
    for one, before in zip(jobs, clean, strict=True):
        pyvips.vips_lib.vips_foreign_find_load(b"/nothing-\xe9")
        assert b"\xe9" in pyvips.ffi.string(pyvips.vips_lib.vips_error_buffer())
        after = do(one)
        timings = {"timings": None}
        assert {**after, **timings} == {**before, **timings}


# 3. There is one text of failure for the whole process, so threads get each other's.

ALIEN = {"JPEG": "png", "PNG": "jpeg", "GIF": "png", "TIFF": "jpeg"}


# pyvips' own callback for log messages fails, harmlessly, where one is not UTF-8.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_every_failure_tells_of_its_own_file_alone() -> None:
    do = worker(cache_bytes=0).answer
    kinds = sorted(ALIEN) * 40
    jobs = [{"image": {"base64": text_of(HALF[kind])}} for kind in kinds]
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(do, jobs))
    for kind, answer in zip(kinds, answers, strict=True):
        assert answer["code"] == "image_corrupt"
        assert kind in answer["error"]
        assert ALIEN[kind] not in answer["error"].lower()
        assert "vips" not in answer["error"].lower()
    assert len({answer["error"] for answer in answers}) == len(ALIEN)


def test_nothing_is_decided_by_what_libvips_says() -> None:
    """Text that is invisible is told from text that is wrong in many threads at once."""
    do = worker(cache_bytes=0).answer
    invisible = job(step("overlay", text={"content": "\u200b"}), cache="off")
    wrong = {"image": {"base64": text_of(HALF["PNG"])}}
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(do, [invisible, wrong] * 60))
    assert {answer["success"] for answer in answers[::2]} == {True}
    assert {answer["code"] for answer in answers[1::2]} == {"image_corrupt"}


# 4. Encoders go on to their end although the picture was told to be killed.


def test_the_library_goes_on_encoding_what_was_killed() -> None:
    image = vips(noise((200, 150))).copy_memory().copy()
    seen: list[bool] = []

    def kill(killed: pyvips.Image, _: object) -> None:
        seen.append(True)
        killed.set_kill(True)

    image.set_progress(True)
    image.signal_connect("posteval", kill)
    data = image.heifsave_buffer(compression="av1", effort=0)
    assert seen  # all pixels were read; what is left is the encoder's own work
    assert _failure(data) is None


def test_a_child_that_encodes_is_ended_at_its_deadline() -> None:
    from image_worker.engine.isolated import IsolatedEngine, Isolation
    from tests.engine.test_inprocess import request

    engine = IsolatedEngine(Isolation(children=1, job_seconds=0.2))
    slow = encoded(noise((1500, 1500)), compress_level=0)
    try:
        engine.warm()
        with pytest.raises(JobTimeoutError):
            engine.run(request(slow, output={"format": "AVIF", "effort": 4}))
        assert engine.run(request(PNG)).format == "JPEG"
    finally:
        engine.close()


# 5. `VIPS_BLOCK_UNTRUSTED` blocks whatever its value is; 0 as well.

TRY = """
import sys, pyvips
svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'
try:
    print(pyvips.Image.svgload_buffer(svg).width)
except pyvips.Error:
    print("blocked")
"""


@pytest.mark.parametrize(
    ("environment", "says"), [({}, "9"), ({"VIPS_BLOCK_UNTRUSTED": "0"}, "blocked")]
)
def test_the_library_heeds_the_variable_but_not_its_value(
    environment: dict[str, str], says: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TRY], capture_output=True, check=True, text=True, env=environment
    )
    assert done.stdout.strip() == says


def test_no_failure_repeats_what_libvips_says() -> None:
    """Whatever is done to it, a broken file gets one of our own sentences."""
    sentences = set()
    for kind, data in HALF.items():
        with pytest.raises(ImageWorkerError) as caught:
            process(data, [step("resize", width=100)], analyze=True)
        sentences.add(caught.value.message.replace(kind.split()[0], "X"))
    assert sentences == {
        "the X file is truncated or damaged and cannot be decoded", "the X file is truncated",
    }  # fmt: skip
    assert json.dumps(sorted(sentences)).isascii()
