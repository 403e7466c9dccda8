"""Docker, or Podman where there is none: the same words build and run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "worker-image"  # noqa: TID251
UNIFIED = Path("/sys/fs/cgroup/unified")

_PACKAGES = ("podman", "crun", "mmdebstrap")
_PODMAN = (
    "podman",
    f"--root={CACHE / 'images'}",
    f"--runroot={CACHE / 'run'}",
    "--cgroup-manager=cgroupfs",
    "--events-backend=none",
)
_BUILD = ("--isolation=chroot", "--network=host", "--format=docker", "--pull-never")
_RUN = (
    "--cgroups=disabled",
    "--no-healthcheck",
    "--ulimit=nofile=1024:1024",
    "--ulimit=nproc=1024:1024",
)
_OF_THIS_MACHINE = ("/etc/apt", "/etc/ssl/certs")
"""Where packages come from, and who vouches for it, while the image is built."""


@dataclass(frozen=True)
class Engine:
    """A program that builds and runs images."""

    program: tuple[str, ...]
    for_build: tuple[str, ...] = ()
    for_run: tuple[str, ...] = ()

    def call(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the program and keep what it says."""
        ended = subprocess.run([*self.program, *words], check=False, capture_output=True, text=True)
        if check and ended.returncode:
            raise SystemExit(f"{' '.join(words)}\n{ended.stdout}{ended.stderr}")
        return ended

    def build(self, tag: str, context: Path, *words: str) -> None:
        """Build an image."""
        self.call("build", *self.for_build, *words, "--tag", tag, str(context))

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a container: the options, the image and the command."""
        return self.call("run", "--rm", *self.for_run, *words, check=False)


def found() -> Engine:
    """Return the engine of this machine, installing Podman where that can be done."""
    docker = Engine(("docker",), for_build=("--pull",))
    if shutil.which("docker") and docker.call("info", check=False).returncode == 0:
        return docker
    _install()
    _leave_hybrid_groups()
    mounts = [f"--volume={path}:{path}:ro" for path in _OF_THIS_MACHINE if Path(path).exists()]
    return Engine(_PODMAN, (*_BUILD, *mounts), _RUN)


def _install() -> None:
    if all(map(shutil.which, _PACKAGES)):
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise SystemExit(f"Docker is not running, and of {', '.join(_PACKAGES)} some are missing.")
    print("Installing Debian's Podman: there is no Docker here ...", flush=True)
    for words in (("update",), ("install", "--yes", "--no-install-recommends", *_PACKAGES)):
        subprocess.run(["apt-get", "-qq", *words], check=True, stdout=subprocess.DEVNULL)


def _leave_hybrid_groups() -> None:
    """Start again where the second kind of control groups is not in sight.

    The runtime refuses machines that have both kinds mounted, although no group is asked for.
    """
    if UNIFIED.is_mount():
        again = 'umount "$0" && exec "$@"'
        words = ["sh", "-c", again, str(UNIFIED), sys.executable, *sys.argv]
        os.execvp("unshare", ["unshare", "--mount", *words])  # noqa: S606
