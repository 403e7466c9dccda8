"""What libvips may open in a process that has the engine: our formats, and nothing else."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.job.making import text_of
from tests.pipeline.awkward import animation, coloured

LOADERS = """
import json, sys
import pyvips
from pyvips.voperation import Introspect
from image_worker.engine import InProcessEngine
from image_worker.engine.native import let_svg

InProcessEngine()
if "svg" in sys.argv:
    let_svg()
BLOCKED = 32
found = {}

def look(kind, *_):
    name = pyvips.nickname_find(kind)
    if not name.endswith("_base"):
        found[name] = bool(Introspect.get(name).flags & BLOCKED)
    pyvips.type_map(kind, look)
    return pyvips.ffi.NULL

for head in ("VipsForeignLoad", "VipsForeignSave"):
    pyvips.type_map(pyvips.type_from_name(head), look)
for name in ("matrixload", "vipsload"):
    try:
        pyvips.Operation.call(name, "/dev/null")
    except pyvips.Error as error:
        assert "blocked" in str(error)
print(json.dumps(found))
"""

OURS = ("gif", "heif", "avif", "jpeg", "png", "tiff", "webp")


def opened_in_a_process_of_its_own(*arguments: str, **environment: str) -> dict[str, bool]:
    done = subprocess.run(
        [sys.executable, "-c", LOADERS, *arguments],
        capture_output=True, check=True, text=True, env={"PYTHONPATH": "src", **environment},
    )  # fmt: skip
    found: dict[str, bool] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize("environment", [{}, {"VIPS_BLOCK_UNTRUSTED": "0"}], ids=["", "variable"])
@pytest.mark.parametrize("svg", [False, True], ids=["without SVG", "with SVG"])
def test_only_promised_loaders_and_savers_open(
    environment: dict[str, str],
    svg: bool,  # noqa: FBT001 - parametrized
) -> None:
    blocked = opened_in_a_process_of_its_own(*["svg"] * svg, **environment)
    assert blocked.keys() >= {"matrixload", "csvload", "rawload", "vipsload", "svgload_source"}
    assert blocked.keys() >= {"dzsave", "vipssave", "rawsave_buffer", "jpegload_source"}
    wanted = (*OURS, "svg") if svg else OURS
    open_ones = {name for name, is_blocked in blocked.items() if not is_blocked}
    assert open_ones == {name for name in blocked if name.startswith(wanted)}


WORK = """
import json, sys
from image_worker.settings import Settings
worker = Settings(svg="svg" in sys.argv).worker()
for line in sys.stdin:
    answer = worker.answer(json.loads(line))
    print(json.dumps([answer["success"], answer.get("code"), answer.get("error")]))
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'


@pytest.mark.parametrize("variable", [None, "0", "1"])
@pytest.mark.parametrize("svg", [False, True], ids=["without SVG", "with SVG"])
def test_all_promised_formats_are_read_and_written_there(svg: bool, variable: str | None) -> None:  # noqa: FBT001
    sources = [coloured()["PNG 16 bit"], animation("GIF"), coloured()["AVIF"], SVG]
    jobs = [{"image": {"base64": text_of(data)}} for data in sources]
    formats = ("JPEG", "PNG", "WEBP", "AVIF", "GIF", "TIFF")
    jobs += [
        {**jobs[0], "output": {"format": name, "max_bytes": 50_000, "quality": 70}}
        for name in formats
    ]
    environment = {"PYTHONPATH": "src", **({"VIPS_BLOCK_UNTRUSTED": variable} if variable else {})}
    done = subprocess.run(
        [sys.executable, "-c", WORK, *["svg"] * svg],
        input="\n".join(map(json.dumps, jobs)), capture_output=True, check=True, text=True,
        env=environment,
    )  # fmt: skip
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    refusals = [answer for answer in answers if not answer[0]]
    assert len(answers) == len(jobs)
    assert [code for _, code, _ in refusals] == ([] if svg else ["unsupported_format"])
