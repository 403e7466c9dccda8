"""Whether an answer is a right picture or a typed error, and tells nothing that it should not."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
import re
import socket
import unicodedata
import warnings
from functools import cache
from typing import TYPE_CHECKING, Any

import aiohttp
import pydantic
import pyvips
from PIL import Image

from image_worker.errors import ImageWorkerError
from image_worker.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

MARK = re.compile(r"zq[0-9a-f]{16}qz")
"""Words that jobs carry, each of its own, so that an answer shows whose bytes it holds."""

_PICTURE = re.compile(r"[\w+/=]{200,}")
_FAILURE_KEYS = {"success", "error", "message", "code", "path", "retryable"}
_CRASHES = {"internal_error", "decoder_crashed"}
_LEAKS = (
    re.compile(r"(?<![\w:/])/(?:app|etc|home|lib|mnt|opt|private|proc|root|run|srv|sys|tmp|usr|var"
               r"|work)(?:/[\w.-]+)*"),
    re.compile(r"\b(?:\d{1,3}\.){3}\d{1,3}\b"),
    re.compile(r"\b0x[0-9a-f]{6,}\b"),
    re.compile(r"[\w/]+\.(?:py|so|c|rs)\b(?::\d+)?"),
    re.compile(r"Traceback|site-packages|dist-packages|errno|object at\b", re.IGNORECASE),
    re.compile(r"\b(?:lib(?:vips|png|jpeg|webp|heif|aom|tiff|rsvg|xml2?)|g?vips\w*|VipsForeign\w*"
               r"|aiohttp|pydantic\w*|pyvips|nats|obstore|uvicorn|seccomp|memfd|pidfd)\b",
               re.IGNORECASE),
)  # fmt: skip


def problems(payload: object, answer: object) -> list[str]:
    """Return what is wrong with an answer, in words that are the same for the same problem."""
    try:
        text = json.dumps(answer, allow_nan=False)
        text.encode("ascii")
    except (TypeError, ValueError):
        return ["wrong: the answer is not JSON"]
    assert isinstance(answer, dict)  # noqa: S101 - it was JSON, and the worker says so
    if not answer.get("success"):
        return [*_untyped(answer), *leaks(payload, answer)]
    return [f"wrong: {problem}" for problem in _wrong_pictures(answer)]


def crashed(answer: Json) -> bool:
    """Tell whether a caller sees that something broke."""
    return answer.get("code") in _CRASHES


def leaks(payload: object, answer: Json) -> list[str]:
    """Return what an error says that the caller did not say before."""
    said = _plain(json.dumps(payload, default=str, ensure_ascii=False) + str(payload))
    told = _PICTURE.sub("", json.dumps(answer, ensure_ascii=False))
    found = [match[0] for pattern in (*_LEAKS, MARK) for match in pattern.finditer(told)]
    found += [secret for secret in _secrets() if secret in told]
    return [f"leak: {word}" for word in dict.fromkeys(found) if word not in said]


def _plain(text: str) -> str:
    """Return text with the other spellings of digits and dots replaced, as URLs do it."""
    return unicodedata.normalize("NFKC", text).replace("\u3002", ".")


@cache
def codes() -> frozenset[str]:
    """Return every code that an error may have."""

    def below(kind: type[ImageWorkerError]) -> Iterator[str]:
        yield kind.code
        for child in kind.__subclasses__():
            yield from below(child)

    return frozenset(below(ImageWorkerError))


@cache
def _secrets() -> tuple[str, ...]:
    """Return versions and names of this machine, which no answer should hold."""
    versions = (
        aiohttp.__version__, pydantic.VERSION, pyvips.__version__, __version__,
        ".".join(str(pyvips.version(part)) for part in range(3)), socket.gethostname(),
    )  # fmt: skip
    return tuple(version for version in versions if len(version) >= 5)


def _untyped(answer: Json) -> Iterator[str]:
    if not answer.keys() >= _FAILURE_KEYS:
        yield f"untyped: keys {sorted(answer)}"
    elif answer["code"] not in codes():
        yield f"untyped: code {answer['code']}"
    elif not (answer["error"] and isinstance(answer["error"], str)):
        yield "untyped: no sentence"
    elif "\n" in answer["error"] or len(answer["error"]) > 1100:
        yield f"untyped: more than a sentence with {answer['code']}"
    elif crashed(answer):
        yield f"crash: {answer['code']}"


def _wrong_pictures(answer: Json) -> Iterator[str]:
    for result in _results(answer):
        picture = result.get("processed_image")
        if picture and not picture.startswith("http"):
            yield from _wrong_picture(picture, result["metadata"])


def _results(answer: Json) -> Iterator[Json]:
    yield answer
    for result in answer.get("results") or ():
        yield from _results(result)
    for output in (answer.get("outputs") or {}).values():
        yield output
        yield from output.get("variants", ())


def _wrong_picture(uri: str, facts: Json) -> Iterator[str]:
    try:
        data = base64.b64decode(uri.split("base64,", 1)[-1], validate=True)
    except (binascii.Error, ValueError):
        yield "no picture in the answer"
        return
    if len(data) != facts["bytes"] or hashlib.sha256(data).hexdigest() != facts["sha256"]:
        yield "another picture than the answer says"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            picture = Image.open(io.BytesIO(data))
            picture.load()
    except Exception as error:  # noqa: BLE001 - whatever Pillow says, it is no picture
        yield f"Pillow cannot read {facts['format']}: {type(error).__name__}"
        return
    if picture.size != (facts["width"], facts["height"]):
        yield f"size of {facts['format']}"
    if picture.format != facts["format"]:
        yield f"{picture.format} for {facts['format']}"
