"""A worker such as the tutorial builds: the SDK first, a plain function, the steps in Pillow.

Its concurrency is the SDK's default, one job at a time, unless TUTORIAL_CONCURRENCY names another.
"""

import base64
import os
from io import BytesIO

import runpod
from PIL import Image, ImageEnhance, ImageFilter, ImageOps

_FILTERS = {"blur": ImageFilter.BLUR, "sharpen": ImageFilter.SHARPEN, "smooth": ImageFilter.SMOOTH}
_ENHANCERS = {
    "brightness": ImageEnhance.Brightness,
    "contrast": ImageEnhance.Contrast,
    "saturation": ImageEnhance.Color,
}


def _step(image: Image.Image, kind: str, params: dict) -> Image.Image:
    if kind == "resize":
        width = params["width"]
        return image.resize((width, int(image.height * width / image.width)), Image.LANCZOS)
    if kind == "crop":
        return image.crop([params[side] for side in ("left", "top", "right", "bottom")])
    if kind == "filter":
        name = params["name"]
        return ImageOps.grayscale(image) if name == "grayscale" else image.filter(_FILTERS[name])
    for name, factor in params.items():
        image = _ENHANCERS[name](image).enhance(factor)
    return image


def handler(event: dict) -> dict:
    """Do one job."""
    job = event["input"]
    try:
        image = Image.open(BytesIO(base64.b64decode(job["image"]["base64"])))
        for step in job["operations"]:
            image = _step(image, step["type"], step["params"])
        kind, buffer = job["output"]["format"], BytesIO()
        image.save(buffer, kind, quality=job["output"].get("quality", 85))
    except Exception as error:  # noqa: BLE001 - as the tutorial does
        return {"success": False, "error": str(error)}
    text = base64.b64encode(buffer.getvalue()).decode()
    return {
        "success": True,
        "processed_image": f"data:image/{kind.lower()};base64,{text}",
        "metadata": {"width": image.width, "height": image.height, "format": kind},
    }


if __name__ == "__main__":
    config = {"handler": handler}
    if concurrency := int(os.environ.get("TUTORIAL_CONCURRENCY", "0")):
        config["concurrency_modifier"] = lambda _: concurrency
    runpod.serverless.start(config)
