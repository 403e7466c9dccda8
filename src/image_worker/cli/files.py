"""Files that commands read and write; `-` is standard input or output."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pybase64
import rich_click as click

from image_worker.cli.trouble import JobFailed
from image_worker.sources.memory import BytesSource

STANDARD = "-"

_REMOTE = ("http://", "https://", "data:")


def is_remote(name: str) -> bool:
    """Tell whether the name is a URL rather than a file."""
    return name.startswith(_REMOTE)


def read(name: str) -> bytes:
    """Return the content of a file, or of standard input."""
    if name == STANDARD:
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise click.UsageError(f"cannot read {name}: {_reason(error)}") from None


def picture(data: bytes) -> dict[str, Any]:
    """Return the bytes as the source of a job that is JSON."""
    return {"base64": pybase64.b64encode_as_string(data)}


def source(name: str) -> str | BytesSource:
    """Return what was named as the source of a job that is done here."""
    return name if is_remote(name) else BytesSource(data=read(name))


def size_of(image: str | BytesSource) -> int:
    """Return how many bytes the source has; 0 where only the worker will fetch it."""
    return 0 if isinstance(image, str) else len(image.data)


def check_target(name: str) -> None:
    """Refuse a place where nothing can be written, before any work is done."""
    if name == STANDARD:
        if sys.stdout.isatty():
            raise click.UsageError(
                "standard output is a terminal, which cannot show a picture; "
                "name a file, or send the output on with > or |"
            )
        return
    target = Path(name)
    if target.is_dir():
        raise click.UsageError(f"cannot write {name}: it is a folder; name a file in it")
    if not target.parent.is_dir():
        raise click.UsageError(f"cannot write {name}: there is no folder {target.parent}")


def write(name: str, data: bytes) -> None:
    """Write all or nothing: a file that was there stays whole until the new one is."""
    if name == STANDARD:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    try:
        _replace(Path(name), data)
    except OSError as error:
        raise JobFailed(f"cannot write {name}: {_reason(error)}") from None


def _replace(target: Path, data: bytes) -> None:
    if target.exists() and not target.is_file():  # a pipe or a device
        target.write_bytes(data)
        return
    target = target.resolve()
    fresh = target.with_name(f".{target.name[:200]}.{os.getpid()}.part")
    try:
        fresh.write_bytes(data)
        if target.exists():
            shutil.copymode(target, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
