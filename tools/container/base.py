"""Stands in for the base image where no registry of images can be reached.

Debian's own packages give the same release of Debian and the same Python, without the tools that a
developer's machine has, so that whatever the Dockerfile forgets to install is missing here too.
"""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from container.engine import ROOT

if TYPE_CHECKING:
    from container.engine import Engine

_FROM = re.compile(r"^FROM (python:(3\.\d+)-slim-(\w+))( AS \w+)?$", re.MULTILINE)
_PACKAGES = "python3,python3-pip,ca-certificates"
_AS_IN_THE_BASE = 'ln -s python3 "$1/usr/bin/python"'


def provide(engine: Engine) -> str:
    """Have what the Dockerfile begins with, from its registry, from before or made here.

    Returns its name.
    """
    found = {(one[1], one[2], one[3]) for one in _FROM.finditer((ROOT / "Dockerfile").read_text())}
    if len(found) != 1:
        raise SystemExit(f"the Dockerfile has one base image, not {len(found)}")
    name, python, release = found.pop()
    full = f"docker.io/library/{name}"
    if engine.program == ("docker",):
        return full
    known = engine.call("image", "exists", full, check=False).returncode == 0
    if known or engine.call("pull", "--quiet", full, check=False).returncode == 0:
        return full
    print(f"Making a stand-in for {name} of Debian's packages: some minutes, once ...", flush=True)
    _make(engine, full, release)
    told = engine.run(full, "python", "--version").stdout
    if not told.startswith(f"Python {python}."):
        raise SystemExit(f"the stand-in has {told.strip()}, not Python {python}")
    return full


def try_out(engine: Engine, name: str) -> None:
    """Run nothing in a container; raises `SystemExit` where the machine does not let us."""
    ended = engine.run(name, "true")
    if ended.returncode:
        raise SystemExit(ended.stderr)


def _make(engine: Engine, name: str, release: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tree = Path(folder) / "base.tar"
        subprocess.run(
            [
                "mmdebstrap",
                "--quiet",
                "--variant=minbase",
                f"--include={_PACKAGES}",
                f"--customize-hook={_AS_IN_THE_BASE}",
                release,
                str(tree),
                *_sources(),
            ],
            check=True,
        )
        path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        engine.call("import", f"--change=ENV PATH={path}", str(tree), name)


def _sources() -> list[str]:
    """Return where this machine has its packages from."""
    folder = Path("/etc/apt")
    files = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*.sources"))]
    return [str(file) for file in files if file.is_file()]
