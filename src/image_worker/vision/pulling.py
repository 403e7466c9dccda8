"""Gets the files of models: checked before they get their names."""

from __future__ import annotations

import hashlib
import os
import secrets
from typing import TYPE_CHECKING

from image_worker.errors import InvalidParameterError, ModelError
from image_worker.vision.table import FREE

if TYPE_CHECKING:
    from pathlib import Path

    from image_worker.outgoing import Outgoing
    from image_worker.vision.spec import Spec

_MOST_BYTES = 2_000_000_000
_HUB = "https://huggingface.co"


def pull(name: str, spec: Spec, folder: Path, outgoing: Outgoing, *, accepted: bool) -> Path:
    """Fetch the file of a model into a folder, under the name in the table, and return its path.

    Nothing is under that name before its digest was found right. Raises an `InvalidParameterError`
    where the table or the person does not allow it, a `ModelError` for another file, a
    `SourceError` where it cannot be fetched, and an `OSError` where it cannot be written.
    """
    check_licence(name, spec, accepted=accepted)
    url = address(spec)
    if url is None or spec.sha256 is None:
        lacking = "an address" if url is None else "a digest"
        raise InvalidParameterError(f'the model "{name}" has no {lacking} in the table')
    data = outgoing.get(url, max_bytes=spec.bytes or _MOST_BYTES)
    digest = hashlib.sha256(data).hexdigest()
    if digest != spec.sha256:
        raise ModelError(
            f'what came for the model "{name}" has the digest {digest}, expected {spec.sha256}'
        )
    return _kept(data, folder / os.path.basename(spec.file))  # noqa: PTH119 - in this folder only


def check_licence(name: str, spec: Spec, *, accepted: bool) -> None:
    """Refuse a model that is not free for any use, unless a person accepted its licence."""
    if spec.licence not in FREE and not accepted:
        raise InvalidParameterError(
            f'the model "{name}" has the licence {spec.licence}, which is to be accepted first'
        )


def address(spec: Spec) -> str | None:
    """Return where the file is fetched from, or nothing."""
    if spec.url:
        return spec.url
    if not (spec.hugging_face and spec.path):
        return None
    repository, _, revision = spec.hugging_face.partition("@")
    return f"{_HUB}/{repository}/resolve/{revision or 'main'}/{spec.path}"


def _kept(data: bytes, target: Path) -> Path:
    """Write the file under a name that nobody looks for, then give it its own."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return target
