"""Pictures as links."""

from __future__ import annotations

import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from image_worker.server.access import Keys
from image_worker.server.links import LinkKeys
from image_worker.server.options import Options
from tests.job.making import PNG
from tests.pictures import opened
from tests.server.serving import client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi.testclient import TestClient

SOON = 4_000_000_000
LINK_KEYS = LinkKeys.of(["a:first", "b:second"])


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Serve a picture, and return where it is."""
    folder: Path = tmp_path_factory.mktemp("origin")
    (folder / "a.png").write_bytes(PNG)
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def serving(origin: str, options: Options | None = None) -> TestClient:
    return client(options=options, allow_hosts=(origin,), allow_networks=("127.0.0.0/8",))


def link(origin: str, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("url", f"http://{origin}/a.png"), *more]


def test_a_link_is_a_picture(origin: str) -> None:
    query = link(
        origin, ("op", "resize:width=10"), ("op", "flip:direction=both"), ("format", "webp")
    )
    answer = serving(origin).get("/image", params=query)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/webp")
    assert opened(answer.content).width == 10
    assert answer.headers["cache-control"] == "public, max-age=3600"


def test_who_has_the_picture_is_told_so(origin: str) -> None:
    server, query = serving(origin), link(origin, ("format", "png"))
    first = server.get("/image", params=query)
    tag = first.headers["etag"]
    for given in (tag, f'"x", W/{tag}'):
        again = server.get("/image", params=query, headers={"if-none-match": given})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag)
    other = server.get("/image", params=query, headers={"if-none-match": '"x"'})
    assert (other.status_code, other.content) == (200, first.content)


def test_a_head_tells_of_the_picture_without_it(origin: str) -> None:
    answer = serving(origin).head("/image", params=link(origin, ("format", "png")))
    assert (answer.status_code, answer.headers["content-type"]) == (200, "image/png")
    assert answer.content == b""


@pytest.mark.parametrize(
    ("accept", "kinds"),
    [
        ("image/avif,image/webp,*/*", {"image/webp", "image/avif", "image/png"}),
        ("text/html", {"image/png", "image/jpeg"}),
    ],
)
def test_the_browser_decides_what_may_be_chosen(origin: str, accept: str, kinds: set[str]) -> None:
    answer = serving(origin).get(
        "/image", params=link(origin, ("format", "auto")), headers={"accept": accept}
    )
    assert answer.headers["content-type"] in kinds
    assert answer.headers["vary"] == "Accept"


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ([], 400, "invalid_parameter"),
        ([("url", "http://169.254.169.254/")], 403, "source_blocked"),
        ([("url", "file:///etc/passwd")], 400, "invalid_parameter"),
        ([("url", "https://a.example"), ("op", "risize:width=2")], 400, "invalid_parameter"),
    ],
)
def test_what_is_wrong_is_told(query: list[tuple[str, str]], status: int, code: str) -> None:
    answer = client().get("/image", params=query)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


def test_with_keys_for_links_only_signed_ones_open(origin: str) -> None:
    server = serving(origin, Options(link_keys=LINK_KEYS))
    query = link(origin, ("format", "png"))
    for key_id in ("a", "b"):
        signed = LINK_KEYS.sign(query, key_id, SOON)
        assert server.get(f"/image?{signed}").status_code == 200
    for wrong in (urlencode(query), LINK_KEYS.sign(query, "a", 1), f"{signed}&op=flip"):
        refused = server.get(f"/image?{wrong}")
        assert (refused.status_code, refused.json()["code"]) == (403, "invalid_link")


def test_a_key_opens_links_too(origin: str) -> None:
    server = serving(origin, Options(keys=Keys.of(["k"]), link_keys=LINK_KEYS))
    query = link(origin)
    assert server.get("/image", params=query).status_code == 403
    allowed = server.get("/image", params=query, headers={"authorization": "Bearer k"})
    assert allowed.status_code == 200
