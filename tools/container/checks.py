"""What an image must do, tried in containers as strict as any that it will meet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from subprocess import CompletedProcess

    from container.engine import Engine

_STRICT = ("--network=none", "--read-only", "--cap-drop=all", "--security-opt=no-new-privileges")
_SOMEBODY = "--user=12345:12345"
"""Somebody whom the image does not know, as some platforms choose."""

_DRAWN = """
import pyvips
drawn = pyvips.Image.text("Hello 你好 Привет", dpi=300)
assert drawn.width and drawn.max() == 255
print("drawn")
"""
_FOREIGN = "find / -xdev -user 1000 -not -path '/home/*' -not -path '/proc/*'"
_NEEDLESS = "find /app /opt/venv -name tests -path '*image_worker*' -o -name .git -o -name docs"


def all_of(engine: Engine, image: str) -> Iterator[tuple[str, str]]:
    """Yield what was tried, and what was wrong with it, if anything."""
    for name, check in _CHECKS.items():
        yield name, check(engine, image)


def _command(engine: Engine, image: str) -> str:
    """The command of the image does the job that is in it."""
    ended = engine.run(*_STRICT, "--env=IMAGE_WORKER_ISOLATED=true", image)
    return _unless(ended, ended.returncode == 0 and "'success': True" in _said(ended))


def _doctor(engine: Engine, image: str) -> str:
    ended = engine.run(*_STRICT, _SOMEBODY, image, "image-worker", "doctor", "--json")
    if ended.returncode:
        return _said(ended)
    return "" if json.loads(ended.stdout)["ok"] else ended.stdout


def _extras(engine: Engine, image: str) -> str:
    """The SDK, whose dependencies were left out, and the client of buckets can be imported."""
    needed = "import runpod.serverless.worker, obstore"
    ended = engine.run(*_STRICT, image, "python", "-c", needed)
    return _unless(ended, ended.returncode == 0)


def _health(engine: Engine, image: str) -> str:
    told = json.loads(engine.call("inspect", image).stdout)[0]
    words = (told.get("Healthcheck") or told["Config"]["Healthcheck"])["Test"]
    ended = engine.run(*_STRICT, image, *words[1:])
    return _unless(ended, words[0] == "CMD" and ended.returncode == 0)


def _fonts(engine: Engine, image: str) -> str:
    """Text needs no search for fonts: fontconfig's own account mentions none."""
    told = ("--env=FC_DEBUG=128", image, "python", "-c", _DRAWN)
    ended = engine.run(*_STRICT, _SOMEBODY, "--env=HOME=/nowhere", *told)
    said = _said(ended)
    return _unless(ended, "drawn" in said and "Scanning" not in said and "error" not in said)


def _contents(engine: Engine, image: str) -> str:
    ended = engine.run(*_STRICT, "--user=0", image, "sh", "-c", f"ls -A /app; {_NEEDLESS}")
    return _unless(ended, set(ended.stdout.split()) == {"handler.py", "src", "test_input.json"})


def _owners(engine: Engine, image: str) -> str:
    ended = engine.run(
        *_STRICT, "--user=0", "--cap-add=DAC_READ_SEARCH", image, "sh", "-c", _FOREIGN
    )
    return _unless(ended, not _said(ended).strip())


def _settings(engine: Engine, image: str) -> str:
    config = _config(engine, image)
    user, labels = config["User"], config["Labels"]
    words = ("title", "description", "licenses", "version", "revision")
    missing = [word for word in words if not labels.get(f"org.opencontainers.image.{word}")]
    if user != "1000" or config["Cmd"] != ["python", "-u", "handler.py"] or missing:
        return json.dumps(config)
    return "" if config.get("StopSignal") in {"SIGTERM", "15"} else json.dumps(config)


def _roles(engine: Engine, image: str) -> str:
    ended = engine.run(*_STRICT, image, "image-worker", "--help")
    return _unless(ended, ended.returncode == 0 and "process" in ended.stdout)


def _config(engine: Engine, image: str) -> dict[str, Any]:
    config: dict[str, Any] = json.loads(engine.call("inspect", image).stdout)[0]["Config"]
    return config


def _unless(ended: CompletedProcess[str], right: bool) -> str:  # noqa: FBT001
    return "" if right else f"exit code {ended.returncode}\n{_said(ended)}"


def _said(ended: CompletedProcess[str]) -> str:
    return ended.stdout + ended.stderr


_CHECKS: dict[str, Callable[[Engine, str], str]] = {
    "settings": _settings,
    "contents": _contents,
    "owners": _owners,
    "doctor": _doctor,
    "extras": _extras,
    "health": _health,
    "command": _command,
    "fonts": _fonts,
    "roles": _roles,
}


def megabytes(engine: Engine, image: str) -> int:
    """Return the size of the image."""
    size: int = json.loads(engine.call("inspect", image).stdout)[0]["Size"]
    return size // 1_000_000
