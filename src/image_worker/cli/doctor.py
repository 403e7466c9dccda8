"""`image-worker doctor`: everything that may be wrong here, and how to mend it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rich_click as click
from rich.console import Console
from rich.text import Text

from image_worker.cli.checks import diagnose
from image_worker.cli.look import Command
from image_worker.cli.trouble import JobFailed, configured
from image_worker.cli.words import amount

if TYPE_CHECKING:
    from collections.abc import Iterator

Json = dict[str, Any]

_STYLES = {"ok": "green", "missing": "yellow", "FAILED": "bold red", "note": "yellow", "": ""}
_NAME, _STATE = 14, 9
_WALLS = {
    "landlock": ("files", "none but code, libraries and fonts; Landlock"),
    "seccomp": ("system calls", "no socket, no program, no process; seccomp"),
    "no_new_privileges": ("privileges", "none can be gained"),
}


@click.command("doctor", cls=Command)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(*, as_json: bool) -> None:
    """Check that everything works here, and say how to mend what does not.

    Every format that is promised is really written and read. Fails if one of them does not work.
    """
    facts = diagnose(configured())
    if as_json:
        click.echo(json.dumps(facts, indent=2))
    else:
        _print(facts, Console(highlight=False))
    if not facts["ok"]:
        raise JobFailed("a promised format does not work here")


def _print(facts: Json, console: Console) -> None:
    sections = {
        "Versions": [(name, "", value) for name, value in facts["versions"].items()],
        "Formats": [_format(one) for one in facts["formats"]],
        "Parts": list(_parts(facts)),
        "Settings": list(_settings(facts)),
        "Limits": [
            (name, "", f"{value:,g}" if value % 1 else f"{value:,.0f}")
            for name, value in facts["limits"].items()
        ],
        "Machine": list(_machine(facts["machine"])),
        "Sandbox of children": list(_sandbox(facts["sandbox"])),
    }
    for title, rows in sections.items():
        console.print(Text(title, style="bold"))
        width = max(_NAME, *(len(name) for name, _, _ in rows)) if rows else _NAME
        states = _STATE if any(state for _, state, _ in rows) else 0
        for name, state, text in rows:
            padded = (f"  {name.ljust(width)}  ", (state.ljust(states), _STYLES[state]), text)
            line = Text.assemble(*padded)
            line.rstrip()
            console.print(line, soft_wrap=True)
        console.print()


def _format(one: Json) -> tuple[str, str, str]:
    uses = " and ".join(word for word in ("read", "write") if one[word])
    if one["ok"]:
        return one["name"], "ok", uses
    return one["name"], "FAILED", f"{one['problem']}; reinstall pyvips-binary"


def _parts(facts: Json) -> Iterator[tuple[str, str, str]]:
    fonts = facts["fonts"]
    yield "fonts", "ok" if fonts["ok"] else "missing", fonts["mend"] or "for text in pictures"
    pulled = ", ".join(facts["models"]["pulled"]) or "none"
    yield "models", "", f"{len(facts['models']['built_in'])} built in, pulled: {pulled}"
    for name, installed in facts["extras"].items():
        mend = f"to add it: pip install 'worker-image[{name}]'"
        yield name, "ok" if installed else "missing", "installed" if installed else mend


def _settings(facts: Json) -> Iterator[tuple[str, str, str]]:
    if not facts["settings"] and not facts["unknown_settings"]:
        yield "all defaults", "", ""
    for name, value in facts["settings"].items():
        yield name, "", json.dumps(value)
    for sentence in facts["unknown_settings"]:
        name, _, rest = sentence.partition(" ")
        yield name, "note", rest


def _machine(machine: Json) -> Iterator[tuple[str, str, str]]:
    yield "processors", "", f"{machine['processors']}, {machine['threads']} threads for one picture"
    limit, resident = machine["memory"]["limit_bytes"], machine["memory"]["resident_bytes"]
    used = f"{amount(resident)} used here" if resident else "use unknown"
    yield "memory", "", f"{used}, {amount(limit)} allowed" if limit else f"{used}, no limit set"
    can = "can be written" if machine["writable"] else "cannot be written: name files elsewhere"
    yield "directory", "", f"{machine['directory']} {can}"


def _sandbox(sandbox: Json) -> Iterator[tuple[str, str, str]]:
    if sandbox["problem"]:
        yield "all", "note", sandbox["problem"]
    if "children" not in sandbox:
        return
    yield "children", "", f"{sandbox['children']}, {amount(sandbox['memory_bytes'])} for each"
    for name, words in _WALLS.items():
        mend = sandbox["mend"].get(name)
        version = f", version {sandbox[name]}" if name == "landlock" and not mend else ""
        yield words[0], "missing" if mend else "ok", mend or f"{words[1]}{version}"
