"""The command line: one file a command, and flags that are made from the job's JSON Schema."""

from __future__ import annotations

from typing import TYPE_CHECKING

import rich_click as click

from image_worker.cli.group import root
from image_worker.cli.trouble import INTERRUPTED, show

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code.

    0 done, 1 some of it failed, 2 wrong usage, 3 nothing to do, 4 another machine failed,
    130 interrupted.
    """
    try:
        code = root.main(arguments, prog_name="image-worker", standalone_mode=False)
    except click.ClickException as error:
        show(error)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    return code if isinstance(code, int) else 0
