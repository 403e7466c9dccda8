"""Every place in a job where an address can stand."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from fuzz.stage import Event
from tests.pictures import encoded, noise

if TYPE_CHECKING:
    from collections.abc import Callable

Job = dict[str, Any]

PICTURE = encoded(noise((24, 16)))
_IMAGE = {"base64": base64.b64encode(PICTURE).decode()}


def _step(kind: str, **parameters: Any) -> Job:
    return {"image": _IMAGE, "operations": [{"type": kind, "params": parameters}]}


def _bucket(url: str, **job: Any) -> Event:
    secret = {"accessId": "a", "accessSecret": "b", "bucketName": "ccc"}
    return Event(input=job, s3Config={"endpointUrl": url, **secret})


ENTRIES: tuple[Callable[[str], Job], ...] = (
    lambda url: {"image": url},
    lambda url: {"image": {"url": url, "headers": {"X-One": "two"}, "page": 0}},
    lambda url: _step("overlay", image={"url": url}),
    lambda url: _step("mask", image={"url": url}),
    lambda url: _step("background", image={"url": url}),
    lambda url: {"image": _IMAGE, "operations": [
        {"type": "filter", "params": {"name": "blur"}, "where": {"mask": {"url": url}}}
    ]},
    lambda url: {"image": _IMAGE, "analyze": [{"compare": {"with": {"url": url}}}]},
    lambda url: {"image": _IMAGE, "output": {"delivery": {"put": url}}},
    lambda url: {"image": _IMAGE, "outputs": {"one": {"delivery": {"post": {"url": url}}}}},
    lambda url: _bucket(url, image=_IMAGE, output={"delivery": {"s3": {}}}),
    lambda url: _bucket(url, image={"s3": {"key": "picture.png"}}),
    lambda url: Event(input={"images": [url, {"image": {"url": url}}]}),
    lambda url: _step("overlay", image={**_IMAGE, "operations": [
        {"type": "mask", "params": {"image": {"url": url}}}
    ]}),
)  # fmt: skip
