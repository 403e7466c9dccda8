"""docs/cli.md: every command, from the commands themselves."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import rich_click as click

from image_worker.cli.chain import Chain
from image_worker.cli.group import SUMMARIES, root

if TYPE_CHECKING:
    from collections.abc import Iterator

HEAD = """# The command line

`image-worker --help` begins with examples, and so does the help of each command. In a checkout,
`./run` stands for `image-worker`.

- Options of the output stand before the files, operations after them, in the order in which they
  are carried out. `image-worker ops` lists them all, `image-worker ops resize` explains one;
  [operations.md](operations.md) has them with pictures. Parameters are written as flags:
  `max_pixels` is `--max-pixels`.
- `-` is standard input or output. Results and JSON go to standard output, everything that is told
  to a person to the error stream; there are colours and bars only on a terminal, and no colours
  where `NO_COLOR` is set.
- A command ends with 0 if all is done, 1 if some of it failed, 2 if it was called wrongly (then
  nothing was done), 3 if there is nothing to do, 4 if another machine failed or cannot be reached,
  and 130 if it was interrupted.
- [settings.md](settings.md) has the environment variables, which all commands read.

"""
_MARK = "\b"


def page() -> str:
    """Return the page."""
    commands = {name: _command(name) for name in SUMMARIES}
    links = ", ".join(f"[{name}](#{name})" for name in commands)
    sections = [_section(command, (name,)) for name, command in commands.items()]
    first = _text(root.help or "").removeprefix(f"{_summary(root)}\n\n")
    return f"{HEAD}{first}\n\n{links}\n\n" + "".join(sections).rstrip() + "\n"


def _command(name: str) -> click.Command:
    found: click.Command = importlib.import_module(f"image_worker.cli.{name}").command
    return found


def _summary(command: click.Command) -> str:
    return (command.help or "").partition("\n")[0]


def _section(command: click.Command, path: tuple[str, ...]) -> str:
    words = " ".join(path)
    ctx = click.Context(command, info_name=f"image-worker {words}")
    usage = " ".join([ctx.command_path, *command.collect_usage_pieces(ctx)])
    options = [one for one in command.params if isinstance(one, click.Option)]
    further = ""
    if isinstance(command, Chain) and path != ("process",):
        options = [one for one in options if not (one.name or "").startswith("flag_")]
        further = (
            "Beside these it has the options of the output, as [process](#process) has them.\n\n"
        )
    rows = [_row(ctx, one) for one in options]
    table = "| option | meaning |\n|---|---|\n" + "".join(rows) + "\n" if rows else ""
    below = "".join(_section(one, (*path, one.name or "")) for one in _members(command))
    text = f"`{usage}`\n\n{_text(command.help or '')}\n\n"
    return f"{'#' * (len(path) + 1)} {words}\n\n{text}{table}{further}{below}"


def _members(command: click.Command) -> Iterator[click.Command]:
    """Yield the commands within a command; operations have a page of their own."""
    if isinstance(command, click.Group) and not isinstance(command, Chain):
        yield from command.commands.values()


def _row(ctx: click.Context, option: click.Option) -> str:
    names = ", ".join(f"`{name}`" for name in (*option.opts, *option.secondary_opts))
    kind = "" if option.is_flag else f" {_cell(option.make_metavar(ctx))}"
    default = f" Default: {option.default}." if option.show_default else ""
    needed = " Required." if option.required else ""
    return f"| {names}{kind} | {_cell(option.help or '')}{default}{needed} |\n"


def _cell(text: str) -> str:
    words = " ".join(text.split())
    return words.replace("|", "\\|").replace("<", "&lt;")


def _text(text: str) -> str:
    """Return help as Markdown: what click must not wrap are commands."""
    return "\n\n".join(map(_paragraph, text.strip().split("\n\n")))


def _paragraph(text: str) -> str:
    lines = [line.strip() for line in text.strip().splitlines()]
    if lines[0] == _MARK:
        return "\n".join(["```sh", *lines[1:], "```"])
    return "\n".join(lines)
