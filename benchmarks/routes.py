"""What is around the pixels: base64 in JSON, a batch, a cold start, thousands of jobs.

Each figure comes with its counterpart: the standard library, the tutorial's code, or itself before.
"""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pybase64
from pydantic_core import from_json

from benchmarks.installing import ROOT, environment
from benchmarks.peers import tutorial
from benchmarks.verdicts import Verdict
from image_worker.allocator import tame_allocator
from image_worker.batch import answer
from image_worker.job import read_job
from image_worker.limits import Limits
from image_worker.outgoing import Outgoing
from image_worker.settings import Settings
from image_worker.sources.base import Access
from image_worker.strict_json import written

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_LIMITS = Limits(max_source_bytes=100_000_000)
_BATCH = 100
_KEPT_BYTES = 64 * 1024 * 1024
_SOAK_BAR, _CHILD_MEGABYTES = 1.15, 100
_SOAK_EARLY, _SOAK_ALL = 300, 3000

_LIBRARY = """
import sys
from image_worker import process
process(open(sys.argv[1], "rb").read(), [{"resize": {"width": 800}}])
"""
_TUTORIAL = """
import sys, base64, hashlib, io, json, logging
import numpy as np, requests
from PIL import Image, ImageEnhance, ImageFilter
image = Image.open(sys.argv[1])
image = image.resize((800, round(image.height * 800 / image.width)), Image.Resampling.LANCZOS)
image.save(io.BytesIO(), "JPEG", quality=85)
"""


def routes(picture: Path) -> Iterator[Verdict]:
    """Measure everything but the soak; `picture` is a JPEG."""
    # Memory that was given back is faulted in anew page by page, which takes longer than all else.
    tame_allocator(mmap_bytes=_KEPT_BYTES, trim_bytes=2 * _KEPT_BYTES)
    for megabytes in (1, 5, 10):
        ours, theirs = _base64(megabytes * 1_000_000)
        bar = 0.15 if megabytes == 5 else None
        title = f"base64 JSON, {megabytes} MB in and out: {ours:.1f} ms"
        yield Verdict(title, "CPU of standard library", ours / theirs, bar)
    ours, theirs = _batch(picture)
    title = f"batch of {_BATCH} jobs of 0.3 MP: {ours:.0f} ms"
    yield Verdict(title, "CPU of tutorial", ours / theirs, None)
    ours, theirs = _start(_LIBRARY, picture), _start(_TUTORIAL, picture)
    title = f"cold start to a picture: {ours:.0f} ms CPU"
    yield Verdict(title, "CPU of tutorial", ours / theirs, None)


def soak(jobs: int = _SOAK_ALL) -> Iterator[Verdict]:
    """Do mixed jobs in one process and compare its memory early and late."""
    from benchmarks.soak import resident

    early, late = resident(jobs, (_SOAK_EARLY / _SOAK_ALL, 1.0))
    title = f"memory after {jobs:,} mixed jobs: {late:.0f} MB"
    yield Verdict(title, f"that after {jobs * _SOAK_EARLY // _SOAK_ALL}", late / early, _SOAK_BAR)
    yield Verdict(title, f"{_CHILD_MEGABYTES} MB", late / _CHILD_MEGABYTES, 1)


def _base64(size: int) -> tuple[float, float]:
    """Return what our server's route and the standard library's take, in milliseconds of CPU."""
    picture = bytes(range(256)) * (size // 256)
    body = json.dumps({"image": {"base64": base64.b64encode(picture).decode()}}).encode()
    access = Access(Outgoing(), _LIMITS.max_source_bytes)

    def ours() -> bytes:
        job = read_job(from_json(body), _LIMITS)
        image = job.image
        if image is None:
            raise TypeError
        text = pybase64.b64encode_as_string(image.load(access))
        return written({"success": True, "processed_image": f"data:image/jpeg;base64,{text}"})

    def standard() -> bytes:
        data = base64.b64decode(json.loads(body)["image"]["base64"])
        text = f"data:image/jpeg;base64,{base64.b64encode(data).decode()}"
        return json.dumps({"success": True, "processed_image": text}).encode()

    return _least(ours), _least(standard)


def _batch(picture: Path) -> tuple[float, float]:
    """Return what a batch takes, by our worker and by the tutorial's steps, base64 included."""
    step = [{"type": "resize", "params": {"width": 640}}]
    small = tutorial.make({"operations": step, "output": {"format": "JPEG"}})(picture.read_bytes())
    text = base64.b64encode(small).decode()
    job = {
        "operations": [{"type": "resize", "params": {"width": 200}}],
        "output": {"format": "JPEG", "quality": 85},
    }
    worker = Settings(cache_bytes=0).worker()
    run = tutorial.make(job)

    def ours() -> None:
        told = answer(worker, {"images": [{"base64": text}] * _BATCH, **job}, threads=1)
        if told["succeeded"] != _BATCH:
            raise RuntimeError(str(told)[:500])

    def theirs() -> None:
        for _ in range(_BATCH):
            base64.b64encode(run(base64.b64decode(text))).decode()

    return _least(ours, 4), _least(theirs, 4)


def _start(code: str, picture: Path) -> float:
    """Return the CPU milliseconds of a new process that does one job."""
    import resource

    least = float("inf")
    for _ in range(4):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(
            [sys.executable, "-c", code, str(picture)], check=True, cwd=ROOT, env=environment()
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        least = min(least, 1000 * spent)
    return least


def _least(call: Callable[[], object], times: int = 15) -> float:
    spans = []
    for _ in range(times):
        started = time.process_time()
        call()
        spans.append(time.process_time() - started)
    return 1000 * min(spans)
