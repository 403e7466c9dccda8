"""Builds the image by the Dockerfile and tries it: `./run image`.

Docker does it where it runs; else Podman, with a stand-in for the base image where no registry of
images can be reached. Each container has a read-only root, no network and no capabilities.
"""

from __future__ import annotations

import subprocess
import sys
import time

from container import base, checks, engine

TAG = "worker-image:test"

_NO_CONTAINERS = 3
"""The status where nothing was tried, and so nothing was found to be wrong either."""


def main() -> int:
    """Build, then print a line for each thing that was tried."""
    try:
        builder = engine.found()
        base.try_out(builder, base.provide(builder))
    except (SystemExit, OSError, subprocess.SubprocessError) as error:
        print(f"{'containers':16} cannot be run on this machine: {error}", flush=True)
        return _NO_CONTAINERS
    started = time.monotonic()
    builder.build(TAG, engine.ROOT)
    took, size = time.monotonic() - started, checks.megabytes(builder, TAG)
    print(f"{'built':16} {size} MB in {took:.0f} s by {builder.program[0]}", flush=True)
    failed = 0
    for name, wrong in checks.all_of(builder, TAG):
        print(f"{name:16} {f'FAILED{chr(10)}{wrong}' if wrong else 'ok'}", flush=True)
        failed += bool(wrong)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
