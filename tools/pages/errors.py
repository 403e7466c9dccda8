"""docs/errors.md: every error."""

from __future__ import annotations

from typing import TYPE_CHECKING

import image_worker.errors
from image_worker.errors import ImageWorkerError

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """# Errors

A job that fails answers

```json
{
  "success": false,
  "error": "operations[0].params.width: expected a whole number ..., got \\"800\\" (text)",
  "message": "the same sentence",
  "code": "invalid_parameter",
  "path": "operations[0].params.width",
  "retryable": false
}
```

`code` is stable and meant for programs. `path` is the place in the job, empty where no single
place is to blame. `retryable` says whether the same job may succeed later. The status is what the
error is in HTTP.

| code | status | retry | what happened |
|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    rows = {
        kind.code: f"| `{kind.code}` | {kind.status} | {'yes' if kind.retryable else 'no'} | "
        f"{(kind.__doc__ or '').strip().splitlines()[0]} |"
        for kind in _kinds(ImageWorkerError)
        if kind.__module__.startswith(image_worker.errors.__name__)
    }
    return HEAD + "\n".join(rows[code] for code in sorted(rows)) + "\n"


def _kinds(kind: type[ImageWorkerError]) -> Iterator[type[ImageWorkerError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from _kinds(child)
