"""docs/settings.md: every setting and limit."""

from __future__ import annotations

import json

from image_worker.limits import Limits
from image_worker.settings import PREFIX, Settings
from pages.schema import allowed, meaning

HEAD = """# Settings

Every setting is an environment variable. A value that a setting cannot have stops the worker with
a sentence that names it; a variable that starts with `{prefix}` and is no setting gets a warning.
Lists are separated by commas.

## What the worker does

{settings}
## Limits

A job may lower any of these for itself, except `max_batch`, by naming it in `limits`; it can raise
none. What is beyond a limit is refused before the work is done, with the code in the last column.

{limits}"""

CODES = {
    "max_operations": "invalid_parameter",
    "max_batch": "invalid_parameter",
    "max_outputs": "invalid_parameter",
    "max_source_bytes": "source_too_large",
    "max_side": "image_too_large, output_too_large",
    "max_input_megapixels": "image_too_large",
    "max_bands": "image_too_large",
    "max_raw_bytes": "image_too_large",
    "max_decoder_bytes": "image_too_large",
    "max_frames": "too_many_frames",
    "max_total_megapixels": "image_too_large, output_too_large",
    "max_cost": "too_costly",
    "max_svg_bytes": "image_too_large",
    "max_svg_elements": "image_too_large",
}


def page() -> str:
    """Return the page."""
    return HEAD.format(prefix=PREFIX, settings=_settings(), limits=_limits())


def _settings() -> str:
    properties = Settings.raw_schema()["properties"]
    lines = ["| variable | value | default | meaning |", "|---|---|---|---|"]
    for name, part in properties.items():
        if name not in Limits.model_fields:
            value = "list" if part.get("type") == "array" else allowed(part)
            lines.append(
                f"| `{PREFIX}{name.upper()}` | {value} | {_default(part)} | {meaning(part)} |"
            )
    return "\n".join(lines) + "\n"


def _limits() -> str:
    lines = ["| variable | default | meaning | beyond it |", "|---|---|---|---|"]
    for name, part in Limits.raw_schema()["properties"].items():
        codes = ", ".join(f"`{code}`" for code in CODES.get(name, "invalid_parameter").split(", "))
        lines.append(
            f"| `{PREFIX}{name.upper()}` | {part['default']:,} | {meaning(part)} | {codes} |"
        )
    return "\n".join(lines) + "\n"


def _default(part: dict[str, object]) -> str:
    value = part.get("default")
    if value is None or value == []:
        return ""
    if isinstance(value, list):
        return f"`{','.join(map(str, value))}`"
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value)}`"
