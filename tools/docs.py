"""Writes the documentation that the code itself can give: `./run docs`.

With `--check` nothing is written; the exit code is 1 if anything is out of date.
"""

from __future__ import annotations

import sys
from pathlib import Path

from pages import (
    cli,
    dashboard,
    errors,
    http_api,
    hub,
    operations,
    python,
    security,
    settings,
    shown,
    vision,
)

ROOT = Path(__file__).parent.parent
PAGES = {
    "docs/settings.md": settings.page,
    "docs/errors.md": errors.page,
    "docs/operations.md": operations.page,
    "docs/vision.md": vision.page,
    "docs/cli.md": cli.page,
    "docs/http-api.md": http_api.page,
    "docs/python.md": python.page,
    "deploy/grafana.json": dashboard.page,
    ".runpod/hub.json": hub.page,
    ".runpod/load-balancing/hub.json": hub.load_balancing,
    "SECURITY.md": security.page,
}


def main(arguments: list[str]) -> int:
    """Write the pages and pictures, or say which are out of date."""
    check = "--check" in arguments
    stale = []
    for name, write in PAGES.items():
        path, text = ROOT / name, write()
        if path.exists() and path.read_text() == text:
            continue
        stale.append(name)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    for folder, source in {"pictures": operations, vision.FOLDER: vision}.items():
        stale += shown.kept(ROOT / "docs" / folder, source.pictures(), check=check)
    for name in stale:
        print(f"{'out of date' if check else 'written'}: {name}")
    if check and stale:
        print("write them with: ./run docs")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
