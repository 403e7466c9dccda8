"""The page's own files, under rules that let a browser run nothing else."""

from __future__ import annotations

import base64
import hashlib
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from image_worker.server import page

if TYPE_CHECKING:
    from starlette.requests import Request

FILES = "/static"
"""Where the files are; they hold no secret, so they need no key."""
PAGES = {"/": "index.html", "/docs": "docs.html"}

_FOLDER = Path(page.__file__).parent
_INLINE = re.compile(rb"<script(?: [^>]*)?>(.+?)</script>", re.DOTALL)


def routes() -> list[BaseRoute]:
    """Return the routes of the pages and their files."""
    pages: list[BaseRoute] = [_page(path, name) for path, name in PAGES.items()]
    return [*pages, Mount(FILES, _Files(directory=_FOLDER))]


class _Files(StaticFiles):
    """Serves files that can only be used as what they are."""

    def file_response(self, *args: Any, **more: Any) -> Response:
        response = super().file_response(*args, **more)
        response.headers.update(_rules("default-src 'none'"))
        return response


def _page(path: str, name: str) -> Route:
    text = (_FOLDER / name).read_bytes()
    headers = _rules(_policy(text))

    async def answer(_: Request) -> Response:
        return HTMLResponse(text, headers=headers)

    return Route(path, answer, methods=["GET"], include_in_schema=False)


def _policy(html: bytes) -> str:
    """Return the content security policy of a page; scripts inside it are named by digest."""
    digests = (base64.b64encode(hashlib.sha256(one).digest()) for one in _INLINE.findall(html))
    inline = "".join(f" 'sha256-{digest.decode()}'" for digest in digests)
    return (
        f"default-src 'none'; script-src 'self'{inline}; style-src 'self'; "
        "img-src 'self' data: blob:; connect-src 'self' data: blob:; font-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def _rules(policy: str) -> dict[str, str]:
    return {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        # Kept, but asked for again: a new version is seen at once.
        "Cache-Control": "no-cache",
    }
