"""The peers' own environments, made on demand below `build/`, and who is missing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from benchmarks.peers import Peer

ROOT = Path(__file__).parent.parent
_FOLDER = ROOT / "build" / "peers"
_WANTED = ROOT / "benchmarks" / "peers" / "requirements.txt"
_SHARP = "sharp@0.35.5"
_INSTALL_SECONDS = 300


@dataclass(frozen=True, slots=True)
class Environments:
    """The ways to start contestants, and why some cannot be started."""

    commands: Mapping[str, list[str]]
    missing: Mapping[str, str] = field(default_factory=dict)

    def command(self, peer: Peer, job: str, picture: Path) -> list[str] | None:
        """Return how to start a contestant; None where its environment is missing."""
        start = self.commands.get(peer.environment)
        if start is None:
            return None
        name = [] if peer.environment == "node" else ["-m", "benchmarks.child"]
        return [*start, *name, peer.name, job, str(picture)]


def install() -> Environments:
    """Make the environments; what cannot be had is told, not raised."""
    commands, missing = {"own": [sys.executable]}, {}
    for name, make in (("python", _python), ("node", _node)):
        try:
            commands[name] = make()
        except (OSError, subprocess.SubprocessError) as error:
            missing[name] = _reason(error)
    return Environments(commands, missing)


def environment() -> dict[str, str]:
    """Return the environment variables of every contestant."""
    return {**os.environ, "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}", "VIPS_WARNING": "0"}


def _python() -> list[str]:
    folder, stamp = _FOLDER / "python", _FOLDER / "python" / ".wanted"
    python = folder / "bin" / "python"
    if not stamp.exists() or stamp.read_text(encoding="ascii") != _WANTED.read_text("ascii"):
        _call(_uv(), "venv", "--quiet", "--clear", "--python", sys.executable, str(folder))
        _call(_uv(), "pip", "install", "--quiet", "--python", str(python), "-r", str(_WANTED))
        stamp.write_text(_WANTED.read_text("ascii"), encoding="ascii")
    return [str(python)]


def _node() -> list[str]:
    folder = _FOLDER / "node"
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise FileNotFoundError("Node.js and npm are not on PATH")
    stamp = folder / ".wanted"
    if not stamp.exists() or stamp.read_text(encoding="ascii") != _SHARP:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}', encoding="ascii")
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        _call(npm, "install", "--prefix", str(folder), *quiet, _SHARP)
        stamp.write_text(_SHARP, encoding="ascii")
    return [node, str(ROOT / "benchmarks" / "peers" / "sharp.mjs"), str(folder)]


def _uv() -> str:
    found = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    if found is None:
        raise FileNotFoundError("uv is not installed")
    return found


def _call(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True, text=True, timeout=_INSTALL_SECONDS)


def _reason(error: Exception) -> str:
    text = getattr(error, "stderr", None) or str(error)
    return text.strip().splitlines()[-1][:200] if text.strip() else type(error).__name__
