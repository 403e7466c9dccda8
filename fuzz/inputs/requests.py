"""HTTP requests as nobody should send them, as bytes."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING

from image_worker.server.links import LinkKeys
from tests.pictures import encoded, noise

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "BREW", "get")
PATHS = (
    "/run", "/runsync?wait=1", "/status/{}", "/status-sync/{}?wait=1", "/stream/{}?wait=1",
    "/cancel/{}", "/retry/{}", "/health", "/requests", "/batch", "/batch/{}", "/batch/{}/requests",
    "/batch/{}/requests/{}", "/batch/{}/finalize", "/batch/{}/cancel", "/v2/{}/run",
    "/v2/{}/status/{}", "/v2/{}/batch/{}", "/process", "/process?{}", "/analyze?want={}",
    "/operations/resize?width={}", "/operations/{}", "/image?{}", "/validate", "/schema",
    "/metrics", "/docs", "/openapi.json", "/static/{}", "/{}",
)  # fmt: skip
HOSTS = ("evil.example", "", "[::1", "127.0.0.1@evil.example", "localhost:x", "127.0.0.1.nip.io")
ODD = (
    "", "*", ">", ".", "..", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "../../etc/passwd", "%00", "a.b",
    "%F0%9F%92%A9", "%ff%fe", "x" * 6000, "-1", "1e999", "null", "%0d%0aX-Evil:1", "sync-0-u1",
    "req_0", "batch_0", "a%20b", ";", "'", "%25s%25n", "[0]", "{}", "00000000-0000-0000-0000-0",
)  # fmt: skip
QUERIES = (
    "op=resize:width=1e9", "op=resize:width=-1", "op={", "op=%7B%7D", "op=a:b", "op=resize:width",
    "format=exe", "format=webp&quality=nan", "quality.a.b=1&quality=2", "preset=none", "job={",
    "job=[]", "url=http://127.0.0.1:1/", "url=file:///etc/passwd", "op=resize:width=9&dry_run=1",
    "plan=x", "analyze=,", "a=1&a=2&b", "%ff=%ff", "output.delivery.put=http://127.0.0.1/",
)  # fmt: skip
KEYS = ("", "Bearer ", "Bearer x", "Basic eDp4", "Bearer \xe9", "x" * 5000, "sha256:" + "0" * 64)
HEADERS = (
    "", "Origin: http://evil.example", "Origin: null", "Content-Type: multipart/form-data",
    "Content-Type: multipart/form-data; boundary=", "Content-Type: multipart/form-data; boundary=b",
    "Content-Type: application/json", "Content-Type: \xff", "X-Request-ID: ../../x", "Accept: \x01",
    "Expect: 100-continue", 'If-None-Match: "' + "a" * 3000, "Range: bytes=0-1,5-",
    "X-HTTP-Method-Override: DELETE", "traceparent: 00-zz-zz-00", "Cookie: a=b", "Upgrade: h2c",
)  # fmt: skip
_PICTURE = encoded(noise((24, 16)))
_JOB = {"image": {"upload": "image"}, "operations": [{"resize": {"width": 8}}]}
BODIES: tuple[Callable[[random.Random], bytes], ...] = (
    lambda _: b"",
    lambda _: _PICTURE,
    lambda rng: _PICTURE[: rng.randrange(len(_PICTURE))],
    lambda rng: rng.randbytes(rng.randrange(2000)),
    lambda _: b"null",
    lambda _: b"[" * 50_000,
    lambda _: b'{"input": ' * 5000,
    lambda _: b'{"input": {"image": NaN}}',
    lambda _: b'{"input": {}, "webhook": 7, "policy": {"ttl": 1e400}}',
    lambda _: b'{"input": {"image": "\xff"}}',
    lambda _: json.dumps({"input": _JOB, "policy": {"executionTimeout": -1}}).encode(),
    lambda _: json.dumps({"input": _JOB, "s3Config": {"endpointUrl": "x"}}).encode(),
    lambda _: json.dumps([{"input": {"image": "x"}}] * 3).encode(),
    lambda _: json.dumps({"requests": [{}]}).encode(),
    lambda _: b'--b\r\nContent-Disposition: form-data; name="job"\r\n\r\n{',
    lambda _: b"--b\r\n\r\n--b--\r\n",
)


def request(rng: random.Random, authorization: str, secret: tuple[str, str]) -> tuple[bytes, bool]:
    """Return a request, and whether it brings the right key."""
    path = rng.choice(PATHS)
    while "{}" in path:
        filling = _filling(rng, secret) if path.endswith("?{}") else rng.choice(ODD)
        path = path.replace("{}", filling, 1)
    right = rng.random() < 0.7
    key = authorization if right else rng.choice(KEYS)
    body = rng.choice(BODIES)(rng)
    lines = [
        f"{rng.choice(METHODS if rng.random() < 0.3 else METHODS[:2])} {path} HTTP/1.1",
        f"Host: {rng.choice(HOSTS) if rng.random() < 0.1 else '127.0.0.1'}",
        f"Authorization: {key}",
        rng.choice(HEADERS),
        f"Content-Length: {_length(rng, len(body))}",
        "Connection: close",
    ]
    head = "\r\n".join(line for line in lines if line)
    return head.encode("latin-1", "replace") + b"\r\n\r\n" + body, right


def _filling(rng: random.Random, secret: tuple[str, str]) -> str:
    return _link(rng, secret) if rng.random() < 0.3 else rng.choice(QUERIES)


def _link(rng: random.Random, secret: tuple[str, str]) -> str:
    """Return the query of a link that is not good: expired, changed, or signed by nobody."""
    name, text = secret
    query = [("url", "http://127.0.0.1:1/a.png"), ("op", "resize:width=8")]
    now = int(time.time())
    good = LinkKeys({name: text})
    return rng.choice(
        (
            good.sign(query, name, now - 10),
            good.sign(query, name, now + 600) + "&op=flip",
            good.sign(query, name, now + 600).replace("width", "height"),
            good.sign(query, name, now + 600)[:-1],
            LinkKeys({name: "wrong"}).sign(query, name, now + 600),
            LinkKeys({"other": text}).sign(query, "other", now + 600),
            good.sign(query, name, 10**30),
        )
    )


def _length(rng: random.Random, size: int) -> object:
    """Return what is said of the length, which is right in most cases."""
    return size if rng.random() < 0.9 else rng.choice((size + 5, 0, 10**12, -1, "x", "0x10"))
