"""SVG, where a setting allows it: what is drawn, and what is refused before librsvg sees it."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING, Any

import pytest

from image_worker.errors import ImageWorkerError
from image_worker.formats.svg import READER
from image_worker.limits import Limits
from tests.job.making import job, step, text_of, worker
from tests.pictures import encoded, levels, noise

if TYPE_CHECKING:
    from pathlib import Path

BOX = '<rect width="20" height="20" fill="red"/>'


def svg(body: str = BOX, attributes: str = 'width="20" height="20"', before: str = "") -> bytes:
    space = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'
    return f"{before}<svg {space} {attributes}>{body}</svg>".encode()


def answer(data: bytes, **more: Any) -> dict[str, Any]:
    payload = {"image": {"base64": text_of(data)}, "output": {"format": "PNG"}, **more}
    return worker(svg=True).answer(payload)


def drawn(data: bytes) -> Any:
    said = answer(data)
    assert said["success"], said
    return levels(base64.b64decode(said["processed_image"].split(",")[1]), "RGBA")


def references(kind: str, levels_deep: int, *, times: int = 10) -> str:
    """Return elements of which each refers to the one before, many times."""
    first = f'<g id="a0">{BOX}</g>'
    uses = (
        f'<g id="a{level}">{(kind % (level - 1)) * times}</g>' for level in range(1, levels_deep)
    )
    return f'<defs>{first}{"".join(uses)}</defs><use href="#a{levels_deep - 1}"/>'


LAUGHS = """<?xml version="1.0"?><!DOCTYPE svg [<!ENTITY a "ha">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]>"""
FILTER = '<filter id="f">%s</filter><rect width="2000" height="2000" filter="url(#f)"/>'
BLUR = '<feGaussianBlur stdDeviation="20"/>'
LARGE = 'width="2000" height="2000"'
PICTURE = base64.b64encode(encoded(noise((4, 4)))).decode()

BAD = {
    "billion laughs": (svg("<text>&c;</text>", before=LAUGHS), "unsupported_format"),
    "external entity": (
        svg("<text>&x;</text>", before='<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>'),
        "unsupported_format",
    ),
    "use bomb": (svg(references('<use href="#a%d"/>', 8)), "image_too_large"),
    "use bomb by xlink": (svg(references('<use xlink:href="#a%d"/>', 8)), "image_too_large"),
    "pattern bomb": (svg(references('<rect fill="url( \'#a%d\' )"/>', 8)), "image_too_large"),
    "mask bomb": (svg(references('<rect style="mask:URL(#a%d)"/>', 8)), "image_too_large"),
    "references of a style sheet": (
        svg(f"<style>* {{ mask: url(#a) }}</style><g id='a'>{BOX * 200}</g>"), "image_too_large",
    ),
    "escaped reference": (svg('<rect fill="u\\72l(#a)"/>'), "unsupported_format"),
    "chain of filters": (svg(FILTER % (BLUR * 300), LARGE), "too_costly"),
    "wide morphology": (
        svg(FILTER % ('<feMorphology radius="500"/>' * 3), LARGE), "too_costly",
    ),
    "filter functions": (
        svg(f'<g style="filter:{"blur(9px) " * 120}">{BOX}</g>', LARGE), "too_costly",
    ),
    "long path": (svg(f'<path d="M0 0{" L 1 1" * 50_000}"/>'), "image_too_large"),
    "too many elements": (svg(BOX * 10_001), "image_too_large"),
    "too many bytes": (svg("<desc>" + "x" * 1_000_000 + "</desc>"), "image_too_large"),
    "too deep": (svg("<g>" * 100 + "</g>" * 100), "image_too_large"),
    "picture": (
        svg(f'<image width="9" height="9" href="data:image/png;base64,{PICTURE}"/>'),
        "unsupported_format",
    ),
    "picture by another prefix": (
        svg('<s:image xmlns:s="http://www.w3.org/2000/svg" href="file:///etc/passwd"/>'),
        "unsupported_format",
    ),
    "30,000 pixels": (svg(attributes='width="30000" height="30000"'), "image_too_large"),
    "not closed": (svg()[:-6], "image_corrupt"),
    "svgz": (gzip.compress(svg()), "unsupported_format"),
}  # fmt: skip


BY_THE_HEADER = {
    "svgz", "30,000 pixels", "chain of filters", "wide morphology", "filter functions",
}  # fmt: skip
"""What is not refused by its text, but as another format, or by its size."""


@pytest.mark.parametrize("name", BAD)
def test_what_could_take_long_is_refused(name: str) -> None:
    data, code = BAD[name]
    said = answer(data)
    assert (said["success"], said.get("code"), said.get("path")) == (False, code, "image"), said


@pytest.mark.parametrize("name", sorted(set(BAD) - BY_THE_HEADER))
def test_it_is_refused_from_its_text_alone(name: str) -> None:
    with pytest.raises(ImageWorkerError):
        READER.inspect(BAD[name][0], Limits())


@pytest.mark.parametrize("name", sorted(set(BAD) - {"svgz", "too many bytes"}))
def test_a_drawing_in_a_job_is_refused_alike(name: str) -> None:
    data, code = BAD[name]
    said = worker(svg=True).answer(job(step("overlay", svg=data.decode())))
    assert (said["success"], said.get("code")) == (False, code), said


DOCTYPE = """<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN"
"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">"""

GOOD = {
    "plain": svg(),
    "with a doctype": svg(before=DOCTYPE),
    "with uses": svg(f'<defs><g id="a">{BOX}</g></defs>' + '<use href="#a"/>' * 50),
    "with a filter": svg(f'<defs><filter id="f"><feFlood flood-color="red"/></filter></defs>'
                         f'<g filter="url(#f)">{BOX}</g>'),
    "with a style sheet": svg(f"<style>.a {{ opacity: 1 }}</style>{BOX}"),
    "with editors' attributes": svg(f'<g xmlns:i="x" i:file="C:\\a\\b.png">{BOX}</g>'),
    "that refers to itself": svg(f'<g id="a"><use href="#a"/></g>{BOX}'),
    "that refers to nothing": svg(f'<use href="#nothing"/>{BOX}'),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_drawings_as_people_make_them_are_drawn(name: str) -> None:
    assert (drawn(GOOD[name])[10, 10] == (255, 0, 0, 255)).all()


@pytest.mark.parametrize(
    "body",
    [
        '<use href="file://{path}#a"/>',
        '<use xlink:href="{path}#a"/>',
        '<style>@import url("file://{path}");</style>',
        '<rect width="20" height="20" fill="url(file://{path}#g)"/>',
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{path}" parse="xml"/>',
    ],
)
def test_nothing_outside_of_it_is_read(body: str, tmp_path: Path) -> None:
    other = tmp_path / "other.svg"
    gradient = '<linearGradient id="g"><stop stop-color="red"/></linearGradient>'
    other.write_bytes(svg(f'<defs>{gradient}</defs><g id="a">{BOX}</g>'))
    assert not drawn(svg(body.format(path=other))).any()


def test_it_is_off_unless_a_setting_says_otherwise() -> None:
    said = worker().answer({"image": {"base64": text_of(svg())}})
    assert said["code"] == "unsupported_format"
