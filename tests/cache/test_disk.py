"""Results in files: whatever happens to those, what is read is what was written, or nothing."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from image_worker.cache import Cache, Disk, Turns, edition
from image_worker.cache.entry import MAGIC, pack, unpack
from image_worker.cancel import Cancel
from image_worker.errors import JobCancelledError
from image_worker.worker.keeping import Results
from tests.engine.engines import Counting
from tests.job.making import job, step, worker

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "ab" * 32
FACTS = {"width": 3, "names": ["a", "ä"]}
BLOBS = [b"picture" * 40, b"", b"other"]
SOURCE = Path(__file__).parent.parent.parent / "src"


@pytest.fixture
def disk(tmp_path: Path) -> Disk:
    return Disk(tmp_path / "kept", 10_000_000)


def kept(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.kept"))


def test_what_was_written_is_read(disk: Disk) -> None:
    assert disk.read(KEY) is None
    disk.write(KEY, FACTS, BLOBS)
    assert disk.read(KEY) == (FACTS, BLOBS)
    assert disk.damaged == 0


def test_only_its_owner_may_look_into_the_folder(disk: Disk, tmp_path: Path) -> None:
    disk.write(KEY, FACTS, BLOBS)
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "kept", *kept(tmp_path))}
    assert modes == {0o700, 0o600}


def test_another_edition_finds_nothing(tmp_path: Path) -> None:
    Disk(tmp_path, 10**7, "one").write(KEY, FACTS, BLOBS)
    assert Disk(tmp_path, 10**7, "two").read(KEY) is None
    assert Disk(tmp_path, 10**7, "one").read(KEY) is not None
    assert edition() == edition() != ""


def test_a_file_under_the_name_of_another_is_not_read(disk: Disk, tmp_path: Path) -> None:
    disk.write(KEY, FACTS, BLOBS)
    disk.write("cd" * 32, {"other": 1}, [])
    one, two = kept(tmp_path)
    one.write_bytes(two.read_bytes())
    found = [disk.read(KEY), disk.read("cd" * 32)]
    assert sorted(each is None for each in found) == [False, True]
    assert disk.damaged == 1
    assert kept(tmp_path) == [two]


def _cut(draw: random.Random, data: bytes) -> bytes:
    return data[: draw.randrange(len(data))]


def _flipped(draw: random.Random, data: bytes) -> bytes:
    place = draw.randrange(len(data))
    return data[:place] + bytes([data[place] ^ 1 << draw.randrange(8)]) + data[place + 1 :]


def _overwritten(draw: random.Random, data: bytes) -> bytes:
    place, length = draw.randrange(len(data)), draw.randrange(1, 64)
    new = data[:place] + draw.randbytes(length) + data[place + length :]
    return new if new != data else data + b"\0"


def _lengthened(draw: random.Random, data: bytes) -> bytes:
    return data + draw.randbytes(draw.randrange(1, 40))


def _moved(draw: random.Random, data: bytes) -> bytes:
    place = draw.randrange(1, len(data))
    return data[place:] + data[:place]


def _other_layout(draw: random.Random, data: bytes) -> bytes:
    return MAGIC.replace(b"1", draw.choice([b"0", b"2"])) + data[len(MAGIC) :]


_DAMAGES = (_cut, _flipped, _overwritten, _lengthened, _moved, _other_layout)


def test_a_thousand_damaged_files_are_all_misses(disk: Disk, tmp_path: Path) -> None:
    disk.write(KEY, FACTS, BLOBS)
    (path,) = kept(tmp_path)
    good, draw = path.read_bytes(), random.Random(1)  # noqa: S311 - chance, not secrecy
    for number in range(1000):
        damaged = _DAMAGES[number % len(_DAMAGES)](draw, good)
        path.write_bytes(damaged)
        assert damaged != good
        assert disk.read(KEY) is None, (number, damaged)
    assert disk.damaged == 1000
    assert kept(tmp_path) == []


def test_damaged_files_never_become_a_wrong_picture(tmp_path: Path) -> None:
    payload = job(step("resize", width=20), output={"format": "PNG"})
    settings = {"cache_folder": tmp_path, "cache_bytes": 0}
    right = worker(**settings).answer(payload)["processed_image"]
    (path,) = kept(tmp_path)
    good, draw = path.read_bytes(), random.Random(2)  # noqa: S311 - chance, not secrecy
    for damage in _DAMAGES:
        path.write_bytes(damage(draw, good))
        answer = worker(**settings).answer(payload)
        assert (answer["cache"], answer["processed_image"]) == ("miss", right)
        assert kept(tmp_path) == [path]


def test_what_has_a_right_digest_and_still_is_not_ours_is_a_miss(
    disk: Disk, tmp_path: Path
) -> None:
    disk.write(KEY, FACTS, BLOBS)
    (path,) = kept(tmp_path)
    path.write_bytes(pack(path.name, FACTS, BLOBS)[:-1])
    assert disk.read(KEY) is None
    results = Results(tmp_path / "results", 10**6)
    results.disk.write(KEY, FACTS, BLOBS)
    assert results.get(KEY) is None


def test_no_file_breaks_the_reader() -> None:
    for data in (b"", MAGIC, MAGIC + bytes(31), MAGIC + bytes(32), MAGIC + bytes(400)):
        assert unpack("a", data) is None


def test_a_link_or_a_folder_in_place_of_a_file_is_a_miss(disk: Disk, tmp_path: Path) -> None:
    disk.write(KEY, FACTS, BLOBS)
    (path,) = kept(tmp_path)
    other = tmp_path / "other"
    path.rename(other)
    path.symlink_to(other)
    assert disk.read(KEY) is None
    path.unlink()
    path.mkdir()
    assert disk.read(KEY) is None


@pytest.mark.parametrize("blocked", ["a file", "no way"])
def test_a_folder_that_cannot_be_written_keeps_nothing_and_says_so_once(
    blocked: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").write_bytes(b"")
    folder = tmp_path / "a file" / "below" if blocked == "no way" else tmp_path / "a file"
    results = Results(folder, 10**6)
    for _ in range(3):
        with results.turn(KEY, Cancel()):
            assert results.disk.read(KEY) is None
            results.disk.write(KEY, FACTS, BLOBS)
    assert [record.getMessage()[:22] for record in caplog.records] == ["results cannot be kept"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is always full")
def test_a_full_disk_leaves_no_half_of_a_file(
    disk: Disk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fdopen

    def full(file: int, mode: str) -> object:
        if mode == "rb":
            return real(file, mode)
        os.close(file)
        return Path("/dev/full").open("wb")

    monkeypatch.setattr(os, "fdopen", full)
    disk.write(KEY, FACTS, BLOBS)
    assert disk.read(KEY) is None
    assert list((tmp_path / "kept").iterdir()) == []


def _names(number: int) -> str:
    return f"{number:064x}"


def test_what_was_used_longest_ago_goes_first(tmp_path: Path) -> None:
    disk = Disk(tmp_path, 1_000_000)
    for number in range(8):
        disk.write(_names(number), {}, [bytes(100_000)])
        os.utime(max(kept(tmp_path), key=lambda path: path.stat().st_ctime_ns), (number, number))
    assert disk.read(_names(0)) is not None  # which makes it the last one used
    disk.write(_names(8), {}, [bytes(100_000)])
    assert disk.read(_names(1)) is None
    assert disk.read(_names(0)) is not None
    assert sum(path.stat().st_size for path in kept(tmp_path)) <= 1_000_000
    disk.write("large", {}, [bytes(200_000)])
    assert disk.read("large") is None


def test_what_a_dead_process_left_is_removed(disk: Disk, tmp_path: Path) -> None:
    disk.write(KEY, FACTS, BLOBS)
    (tmp_path / "kept" / "old.part").write_bytes(b"x")
    (tmp_path / "kept" / "new.part").write_bytes(b"x")
    (tmp_path / "kept" / "foreign").write_bytes(b"x")
    os.utime(tmp_path / "kept" / "old.part", (1, 1))
    os.utime(tmp_path / "kept" / "foreign", (1, 1))
    Disk(tmp_path / "kept", 10**7).write(_names(1), {}, [])
    names = {path.name for path in (tmp_path / "kept").iterdir() if path.suffix != ".kept"}
    assert names == {"new.part", "foreign"}


def test_results_outlive_a_worker(tmp_path: Path) -> None:
    payload = job(
        step("resize", width=20),
        analyze=["size"],
        outputs={"web": {"widths": [10, 20], "format": "WEBP"}},
        output={"format": "PNG"},
    )
    first = worker(cache_folder=tmp_path).answer(payload)
    engine = Counting()
    later = worker(engine, cache_folder=tmp_path)
    second = later.answer(payload)
    assert engine.requests == []
    assert (first.pop("cache"), second.pop("cache")) == ("miss", "hit")
    for answer in (first, second):
        answer.pop("timings")
    assert first == second
    assert (later.cache.hits, later.cache.stored_hits, later.cache.misses) == (1, 1, 0)


def test_what_must_not_be_kept_is_not_on_the_disk(tmp_path: Path) -> None:
    one = worker(cache_folder=tmp_path)
    box = {"left": 0, "top": 0, "right": 9, "bottom": 9}
    for payload in (job(cache="off"), job(step("redact", regions=[box]))):
        answer = one.answer(payload)
        assert answer["success"], answer
        assert answer["cache"] == "off"
    assert kept(tmp_path) == []
    assert worker(cache_folder=tmp_path).answer(job(cache="refresh"))["cache"] == "miss"
    assert worker(cache_folder=tmp_path).answer(job(cache="refresh"))["cache"] == "miss"
    assert len(kept(tmp_path)) == 1


_MAKE = """
import sys, time
from pathlib import Path
from image_worker.cache import Cache, Disk, Turns

class Store:
    def __init__(self, folder):
        self.disk, self.turns = Disk(folder, 10**7), Turns(folder / "turns")
    def turn(self, key, cancel):
        return self.turns.turn(key, cancel)
    def get(self, key):
        found = self.disk.read(key)
        return found and found[1][0]
    def put(self, key, value):
        self.disk.write(key, {}, [value])

folder, made = Path(sys.argv[1]), 0
cache = Cache(0, len, Store(folder))
def make():
    global made
    made += 1
    with open(folder / "made", "ab") as file:
        file.write(b".")
    time.sleep(0.2)
    return key.encode() * 1000
print("ready", flush=True)
sys.stdin.readline()
for number in range(3):
    key = f"{number:064x}"
    value, _ = cache.get(key, make)
    assert value == key.encode() * 1000
"""


def _processes(code: str, *arguments: str, count: int = 4) -> list[subprocess.Popen[str]]:
    return [
        subprocess.Popen(
            [sys.executable, "-c", code, *arguments, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(SOURCE)},
        )
        for number in range(count)
    ]


def _together(processes: list[subprocess.Popen[str]]) -> None:
    for process in processes:
        assert process.stdout
        process.stdout.readline()
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    for process in processes:
        process.communicate(timeout=60)
    assert [process.returncode for process in processes] == [0] * len(processes)


def test_processes_that_want_the_same_at_once_make_it_once(tmp_path: Path) -> None:
    _together(_processes(_MAKE, str(tmp_path)))
    assert (tmp_path / "made").read_bytes() == b"..."


_WRITE = """
import random, sys
from pathlib import Path
from image_worker.cache import Disk

disk, draw, found = Disk(Path(sys.argv[1]), 2_000_000), random.Random(int(sys.argv[2])), 0
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    key = f"{draw.randrange(40):064x}"
    right = {"key": key}, [key.encode() * draw.randrange(1, 1500), b"end"]
    got = disk.read(key)
    if got is not None:
        found += 1
        facts, (first, last) = got
        assert facts == {"key": key} and last == b"end"
        assert first == key.encode() * (len(first) // 64)
    disk.write(key, *right)
assert disk.damaged == 0 and found, (disk.damaged, found)
"""


def test_processes_that_write_at_once_never_read_a_mixture(tmp_path: Path) -> None:
    _together(_processes(_WRITE, str(tmp_path)))
    assert sum(path.stat().st_size for path in kept(tmp_path)) <= 2_000_000
    assert list(tmp_path.rglob("*.part")) == []


_HOLD = """
import sys
from pathlib import Path
from image_worker.cache import Turns
from image_worker.cancel import Cancel

with Turns(Path(sys.argv[1]) / "turns").turn("ab" * 32, Cancel()):
    print("ready", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def held(tmp_path: Path) -> Callable[[], None]:
    """Have another process take its turn; return what kills that process."""
    (process,) = _processes(_HOLD, str(tmp_path), count=1)
    assert process.stdout
    process.stdout.readline()

    def kill() -> None:
        process.kill()
        process.communicate()

    return kill


def test_a_turn_ends_with_its_process(held: Callable[[], None], tmp_path: Path) -> None:
    turns = Turns(tmp_path / "turns")
    with turns.turn("cd" * 32, Cancel()):
        pass  # another key: nobody is in the way
    held()
    with turns.turn(KEY, Cancel()):
        pass


def test_who_waits_for_another_process_can_be_called_off(
    held: Callable[[], None], tmp_path: Path
) -> None:
    class Called(Cancel):
        """Is called off as soon as somebody listens for the second time, which is while waiting."""

        looks = 0

        def check(self) -> None:
            self.looks += 1
            if self.looks == 3:
                self.cancel()
            super().check()

    cache = Cache[bytes](100, len, Results(tmp_path, 100))  # type: ignore[arg-type]
    started = time.monotonic()
    try:
        with pytest.raises(JobCancelledError):
            cache.get(KEY, lambda: b"never", cancel=Called())
    finally:
        held()
    assert time.monotonic() - started < 20
    assert len(cache) == 0
