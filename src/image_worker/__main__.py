"""`python -m image_worker`: the command line."""

from __future__ import annotations

import sys

from image_worker.cli import main

if __name__ == "__main__":
    sys.exit(main())
