"""Preset."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import ConfigDict, Field

from image_worker.errors import InvalidParameterError
from image_worker.operations.base import Operation

if TYPE_CHECKING:
    from image_worker.picture import Picture


class Preset(Operation):
    """Do the steps that the worker's settings keep under a name.

    Besides `name`, the parameters are the preset's own variables. A preset may also say how the
    result is written; a job with an `output` of its own overrides that.
    """

    name = "preset"
    model_config = ConfigDict(extra="allow")

    preset: Annotated[str, Field(alias="name")]
    """The name of the preset; `image-worker schema presets` lists them."""

    def write(self, context: Any = None) -> dict[str, Any]:
        """Return the name and the variables."""
        written = super().write(context)
        return {"name": written.pop("preset"), **written}

    def run(self, picture: Picture) -> Picture:
        """Refuse: the worker puts the steps in place of the preset before any picture is there."""
        del picture
        raise InvalidParameterError(f'there is no preset called "{self.preset}" here')
