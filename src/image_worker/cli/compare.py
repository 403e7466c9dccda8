"""`image-worker compare`: how far apart two pictures are."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rich_click as click

from image_worker import catalog
from image_worker.cli import files
from image_worker.cli.look import Command
from image_worker.cli.trouble import JobFailed, configured
from image_worker.cli.words import amount, change
from image_worker.errors import ImageWorkerError

if TYPE_CHECKING:
    from image_worker.worker import Outcome, Worker

Json = dict[str, Any]

_PEAK = 255
_FACTS = {"output": {"format": "JSON"}}


@click.command("compare", cls=Command)
@click.argument("one", metavar="A", type=click.Path())
@click.argument("other", metavar="B", type=click.Path())
@click.option("--diff", metavar="FILE", type=click.Path(), help="Draw the difference.")
@click.option(
    "--amplify",
    type=click.FloatRange(1, 10),
    default=8,
    show_default=True,
    help="How many times the difference is drawn stronger than it is.",
)
@click.option(
    "--min-ssim",
    type=click.FloatRange(0, 1),
    help="Fail with exit code 1 if they are less alike than this.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    *,
    one: str,
    other: str,
    diff: str | None,
    amplify: float,
    min_ssim: float | None,
    as_json: bool,
) -> None:
    """Compare two pictures: SSIM, PSNR, MSE, colours, size.

    \b
    image-worker compare original.png small.webp
    image-worker compare before.jpg after.jpg --diff difference.png
    image-worker compare expected.png made.png --min-ssim 0.99 && echo alike

    B is scaled to the size of A first. SSIM is 1 for pictures that are the same, PSNR is in
    decibels (null for the same), MSE in squared levels of red, green and blue, and delta_e about 1
    for the least difference of colours that can be seen.
    """  # noqa: D301 - click's mark for lines that stay as they are
    if diff:
        files.check_target(diff)
    worker = configured().worker()
    first, second = files.source(one), files.source(other)
    found = _compared(worker, (one, first), (other, second))
    if diff:
        _draw(worker, first, second, amplify, diff)
    click.echo(json.dumps(found, indent=2) if as_json else _told(one, other, found))
    if min_ssim is not None and found["ssim"] < min_ssim:
        raise JobFailed(f"SSIM is {found['ssim']}, expected at least {min_ssim:g}")


def _compared(worker: Worker, one: tuple[str, Any], other: tuple[str, Any]) -> Json:
    facts = ["size", "format"]
    measure = [*facts, {"compare": {"with": other[1]}}]
    whole = _done(worker, {"image": one[1], "analyze": measure, **_FACTS}, one[0])
    second = _done(worker, {"image": other[1], "analyze": facts, **_FACTS}, other[0])
    measured = dict(whole.rendered.analysis)
    likeness = measured.pop("compare")
    return {
        **likeness,
        "mse": _mean_square(likeness["psnr"]),
        "a": {**measured, "bytes": files.size_of(one[1])},
        "b": {**second.rendered.analysis, "bytes": files.size_of(other[1])},
    }


def _mean_square(psnr: float | None) -> float:
    """Return the mean squared error that the ratio was made of."""
    return round(_PEAK**2 / 10 ** (psnr / 10), 4) if psnr is not None else 0.0


def _draw(worker: Worker, first: Any, second: Any, amplify: float, target: str) -> None:
    suffix = target.rpartition(".")[2]
    named = suffix.upper() if suffix in catalog.FORMATS else "PNG"
    over = {"image": second, "width": "100%", "height": "100%", "fit": "fill"}
    steps = [
        {"type": "background", "params": {"color": "gray"}},
        {"type": "overlay", "params": {**over, "gravity": "center", "blend": "difference"}},
        {"type": "adjust", "params": {"brightness": amplify}},
    ]
    outcome = _done(
        worker, {"image": first, "operations": steps, "output": {"format": named}}, "--diff"
    )
    files.write(target, outcome.rendered.data)


def _done(worker: Worker, payload: Json, source: str) -> Outcome:
    try:
        return worker.do({**payload, "cache": "off"})
    except ImageWorkerError as error:
        raise JobFailed(f"{source}: {error.message} ({error.code})") from None


def _told(one: str, other: str, found: Json) -> str:
    noise = "none: they are the same" if found["psnr"] is None else f"{found['psnr']:.2f} dB"
    lines = [
        f"ssim     {found['ssim']:.6f}",
        f"psnr     {noise}",
        f"mse      {found['mse']:.4f}",
        f"delta_e  {found['delta_e']:.4f}",
    ]
    for name, side in ((one, found["a"]), (other, found["b"])):
        width, height = side["size"]
        lines.append(f"{name}: {width}x{height} {side['format']}{_bytes(side)}")
    before, after = found["a"]["bytes"], found["b"]["bytes"]
    if before and after:
        lines[-1] += f" ({change(before, after)})"
    if found["a"]["size"] != found["b"]["size"]:
        lines.append("their sizes differ: the second was scaled to the first")
    return "\n".join(lines)


def _bytes(side: Json) -> str:
    return f", {amount(side['bytes'])}" if side["bytes"] else ""
