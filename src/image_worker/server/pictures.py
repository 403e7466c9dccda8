"""Results as the bytes that they are."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from fastapi.responses import JSONResponse, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

    from image_worker.pipeline import Rendered
    from image_worker.worker import Outcome

_ZIP, _MULTIPART, _JSON = "application/zip", "multipart/mixed", "application/json"


def response(outcome: Outcome, accept: str) -> Response:
    """Return the result in the form that fits it.

    One picture is its bytes. Several are a ZIP archive, or `multipart/mixed` for those who accept
    it. Facts are JSON, and so is everything for those who accept nothing else.
    """
    rendered = outcome.rendered
    headers = described(outcome)
    if accept.partition(";")[0].strip() == _JSON or not (rendered.data or rendered.outputs):
        return JSONResponse(outcome.answer(), headers=headers)
    if not rendered.outputs:
        return Response(rendered.data, media_type=rendered.mime, headers=headers)
    facts = json.dumps(_without_pictures(outcome.facts()), indent=2).encode()
    files = [("answer.json", _JSON, facts), *_files(rendered)]
    if _MULTIPART in accept:
        return _multipart(files, headers)
    return Response(_archive(files), media_type=_ZIP, headers=headers)


def described(outcome: Outcome) -> dict[str, str]:
    """Return what headers tell of a result."""
    spans = (f"{name};dur={spent}" for name, spent in outcome.timings.items())
    headers = {"Server-Timing": ", ".join(spans), "X-Cache": outcome.cache}
    if outcome.sources:
        headers["X-Source-Cache"] = ", ".join(outcome.sources.values())
    rendered = outcome.rendered
    if rendered.data:
        headers |= {"X-Image-Width": str(rendered.width), "X-Image-Height": str(rendered.height)}
    notices = [{"code": notice.code, "message": notice.message} for notice in rendered.notices]
    return {**headers, **({"X-Warnings": json.dumps(notices)} if notices else {})}


def _files(rendered: Rendered) -> Iterator[tuple[str, str, bytes]]:
    if rendered.data:
        yield f"result.{_suffix(rendered)}", rendered.mime, rendered.data
    for name, several in rendered.outputs.items():
        for each in several:
            width = f"-{each.width}" if len(several) > 1 else ""
            yield f"{name}{width}.{_suffix(each)}", each.mime, each.data


def _suffix(rendered: Rendered) -> str:
    return rendered.mime.rsplit("/", 1)[-1].replace("jpeg", "jpg")


def _archive(files: list[tuple[str, str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:  # pictures are compressed already
        for name, _, data in files:
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return buffer.getvalue()


def _multipart(files: list[tuple[str, str, bytes]], headers: dict[str, str]) -> Response:
    boundary = uuid4().hex
    parts = [
        f"--{boundary}\r\nContent-Type: {mime}\r\n"
        f'Content-Disposition: attachment; filename="{name}"\r\n'
        f"Content-Length: {len(data)}\r\n\r\n".encode()
        + data
        + b"\r\n"
        for name, mime, data in files
    ]
    body = b"".join([*parts, f"--{boundary}--\r\n".encode()])
    return Response(body, media_type=f"{_MULTIPART}; boundary={boundary}", headers=headers)


def _without_pictures(answer: Any) -> Any:
    """Return the answer without the pictures that lie beside it as files."""
    if isinstance(answer, dict):
        return {
            key: _without_pictures(one)
            for key, one in answer.items()
            if key not in {"processed_image", "srcset", "picture"}
        }
    return [_without_pictures(one) for one in answer] if isinstance(answer, list) else answer
