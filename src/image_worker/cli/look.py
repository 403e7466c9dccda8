"""How help looks; what draws it is imported when somebody asks for help."""

from __future__ import annotations

from typing import Any

import rich_click as click
from rich_click.rich_help_configuration import RichHelpConfiguration

_LOOK: dict[str, Any] = {
    "theme": "default-slim",
    "max_width": 100,
    "padding_helptext_first_line": (0, 0, 1, 0),
}


class Command(click.RichCommand):
    """A command whose help is drawn in our way."""

    def get_help(self, ctx: click.Context) -> str:
        """Return the help."""
        return super().get_help(_dressed(ctx, "Commands"))


class Group(click.RichGroup):
    """A group of commands whose help is drawn in our way."""

    members = "Commands"

    def get_help(self, ctx: click.Context) -> str:
        """Return the help."""
        return super().get_help(_dressed(ctx, self.members))


def _dressed(ctx: click.Context, members: str) -> click.Context:
    if isinstance(ctx, click.RichContext):
        look = {**_LOOK, "commands_panel_title": members}
        ctx.help_config = RichHelpConfiguration.load_from_globals(**look)
    return ctx
