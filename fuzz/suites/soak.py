"""Many mixed jobs, after which everything must be as it was."""

from __future__ import annotations

import base64
import contextlib
import gc
import os
import random
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

from fuzz.figures import Figure, none
from fuzz.inputs import controls
from fuzz.inputs.mutations import mutated
from fuzz.inputs.seeds import seeds
from fuzz.stage import Stage, descendants
from tests.pictures import encoded, photograph

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fuzz.plan import Plan

COUNT = 2_000
GROWTH_PERCENT = 10
_WARM_SHARE = 0.25
_SETTLED_SECONDS = 10.0


def run(plan: Plan) -> list[Figure]:
    """Answer mixed jobs, a tenth of them hostile, and look at what is left."""
    count = plan.scaled(COUNT)
    jobs = _jobs(plan.seed)
    warm = int(count * _WARM_SHARE) + 40
    others = len(descendants())
    with _own_folder() as folder, Stage(keep=plan.keep) as stage:
        stage.all_controls()
        stage.run(jobs[number % len(jobs)] for number in range(warm))
        before, memory = _held(folder), _megabytes()
        stage.run(jobs[number % len(jobs)] for number in range(count))
        after, grown = _settled(folder, before), _megabytes() - memory
        stage.all_controls()
        figures = stage.notes.figures("mixed jobs", count)
    return [
        *figures,
        *(none(f"{name} left over", max(0, after[name] - before[name])) for name in before),
        Figure("memory after warm-up", memory, unit="MB"),
        Figure("growth of memory since", 100 * grown / memory, GROWTH_PERCENT, "%", measured=True),
        none("processes left when it is closed", len(descendants()) - others),
    ]


@contextlib.contextmanager
def _own_folder() -> Iterator[str]:
    """Let temporary files go to a folder of their own, so that nobody else's are counted."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict(os.environ, TMPDIR=folder),
        mock.patch.object(tempfile, "tempdir", folder),
    ):
        yield folder


def _jobs(seed: int) -> list[dict[str, Any]]:
    rng = random.Random(seed)  # noqa: S311 - it must come out the same again
    large = [encoded(photograph(size=size), "JPEG", quality=90)
             for size in ((1600, 1200), (900, 1400), (2400, 1800))]  # fmt: skip
    steps = (
        [{"type": "resize", "params": {"width": 600}}],
        [
            {"type": "rotate", "params": {"angle": 12}},
            {"type": "filter", "params": {"name": "blur"}},
        ],
        [{"type": "crop", "params": {"width": 300, "height": 300}}],
    )
    formats = ("JPEG", "WEBP", "PNG", "JPEG")
    jobs: list[dict[str, Any]] = []
    for number in range(100):
        if number % 10 == 9:
            data = mutated(rng.choice(seeds()), rng)
            jobs.append({"image": _inline(data), "output": {"format": "PNG"}})
        elif number % 2:
            jobs.append(controls.job(number))
        else:
            output = {"format": formats[number // 2 % len(formats)]}
            picture = _inline(large[number // 2 % len(large)])
            jobs.append({"image": picture, "operations": rng.choice(steps), "output": output})
    return jobs


def _inline(data: bytes) -> dict[str, str]:
    return {"base64": base64.b64encode(data).decode()}


def _held(folder: str) -> dict[str, int]:
    """Return how much of everything is held that could be left over, children included."""
    gc.collect()
    processes = [Path(f"/proc/{process}") for process in {os.getpid(), *descendants()}]
    files = [file for process in processes for file in _inside(process / "fd")]
    return {
        "descriptors": len(files),
        "pieces of shared memory": sum(_is_shared_memory(file) for file in files),
        "threads": len(_inside(Path("/proc/self/task"))),
        "processes": len(processes),
        "temporary files": len(_inside(Path(folder))),
    }


def _settled(folder: str, before: dict[str, int]) -> dict[str, int]:
    """Return what is held once no more than before is, or still is after a while.

    A child that is just being replaced, or a thread that ends, is not left over.
    """
    give_up = time.monotonic() + _SETTLED_SECONDS
    while True:
        held = _held(folder)
        if all(held[name] <= before[name] for name in before) or time.monotonic() > give_up:
            return held
        time.sleep(0.1)


def _inside(folder: Path) -> list[Path]:
    with contextlib.suppress(OSError):
        return list(folder.iterdir())
    return []


def _is_shared_memory(file: Path) -> bool:
    with contextlib.suppress(OSError):
        return str(file.readlink()).startswith(("/memfd:", "/dev/shm/"))  # noqa: S108 - compared
    return False


def _megabytes() -> float:
    """Return the memory of this process and of all below it, what they share counted once."""
    kilobytes = 0
    for process in {os.getpid(), *descendants()}:
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()
            kilobytes += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return kilobytes / 1000
