"""Every operation, format and field can be reached from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import pytest
import pyvips
import rich_click as click
from pydantic import Field

from image_worker import catalog
from image_worker.cli import process
from image_worker.cli.flags import Flag, alternatives, collect, flags
from image_worker.operations.base import Operation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

COMMAND = process.command


def typed(command: click.Command) -> set[str]:
    return {option for parameter in command.params for option in parameter.opts}


def subcommand(name: str) -> click.Command:
    found = COMMAND.get_command(click.Context(COMMAND), name)
    assert found is not None, name
    return found


def flag(field: str) -> str:
    return f"--{field.replace('_', '-')}"


def value(schema: dict[str, Any]) -> Flag:
    return Flag(("value",), {"": schema}, {})


@pytest.mark.parametrize("kind", list(catalog.OPERATIONS), ids=lambda kind: kind.name)
def test_every_operation_is_a_command_and_every_field_a_flag(kind: Any) -> None:
    command = subcommand(kind.name)
    assert command.short_help == kind.summary()
    assert kind.summary() in command.help
    assert command.help.count("image-worker process photo.jpg out.jpg") == len(kind.examples)
    fields = {flag(field.alias or name) for name, field in kind.model_fields.items()}
    assert fields <= typed(command)
    assert all(one.help for one in command.params)


@pytest.mark.parametrize("kind", list(catalog.FILTERS), ids=lambda kind: kind.name)
def test_every_filter_can_be_named_and_its_fields_are_flags(kind: Any) -> None:
    command = subcommand("filter")
    assert {flag(field) for field in kind.model_fields} <= typed(command)
    (name,) = (one for one in command.params if "--name" in one.opts)
    assert kind.name in name.metavar + name.help


@pytest.mark.parametrize("kind", list(catalog.FORMATS), ids=lambda kind: kind.name)
def test_every_field_of_a_format_is_a_flag_before_the_files(kind: Any) -> None:
    assert {"--format", *(flag(field) for field in kind.model_fields)} <= typed(COMMAND)


@pytest.fixture
def toy() -> Iterator[type[Operation]]:
    class ToyTint(Operation):
        """Add a number to every level."""

        name = "toy_tint"

        levels: Annotated[int, Field(ge=0, le=9)] = 3
        """How much is added."""

        loud: bool = False
        """Whether to add twice as much."""

        def apply(self, image: pyvips.Image) -> pyvips.Image:
            """Add."""
            return (image + self.levels * (2 if self.loud else 1)).cast("uchar")

    yield ToyTint
    Operation.family.remove(ToyTint)


def test_a_new_operation_needs_nothing_here(
    toy: type[Operation], cli: Callable[..., Any], photo: Path, tmp_path: Path
) -> None:
    done = cli("process", "toy-tint", "--help")
    assert done.code == 0
    assert "Add a number to every level." in done.out
    assert "--loud/--no-loud" in done.out
    assert "[0..9] Default: 3." in " ".join(done.out.split())
    target = tmp_path / "out.png"
    assert cli("process", photo, target, "toy-tint", "--levels", "5", "--loud").code == 0
    before, after = (pyvips.Image.new_from_file(str(one)) for one in (photo, target))
    assert (after - before).avg() == 10
    done = cli("process", photo, target, "toy_tint", "--levels", "70")
    assert done.code == 2
    assert "toy-tint --levels: expected a number of at most 9, got 70" in done.err


def test_a_removed_operation_is_gone(cli: Callable[..., Any], photo: Path, tmp_path: Path) -> None:
    assert "toy-tint" not in COMMAND.list_commands(click.Context(COMMAND))


@pytest.mark.parametrize(
    ("schema", "text", "wanted"),
    [
        ({"type": "integer"}, "5", 5),
        ({"type": "number"}, "NaN", "NaN"),
        ({"type": "integer"}, "9" * 5000, "9" * 5000),
        ({"type": "string"}, "5", "5"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "50%", "50%"),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, "[1, 2, 3]", [1, 2, 3]),
        ({"anyOf": [{"type": "string"}, {"type": "array"}]}, "a,b", "a,b"),
        ({"anyOf": [{"type": "boolean"}, {"type": "array"}]}, "a, b", ["a", "b"]),
        ({"anyOf": [{"type": "boolean"}, {"type": "array"}]}, "true", True),
        ({"type": "object"}, '{"width": {">": 10}}', {"width": {">": 10}}),
    ],
)
def test_a_value_is_json_where_it_is_json(
    schema: dict[str, Any], text: str, wanted: object
) -> None:
    assert value(schema).read(text) == wanted


def test_another_picture_may_be_a_file(photo: Path) -> None:
    parts = [{"type": "object", "properties": {"base64": {"type": "string"}}}, {"type": "string"}]
    mask = value({"anyOf": parts})
    assert set(mask.read(str(photo))) == {"base64"}
    assert mask.read("https://example.com/a.png") == "https://example.com/a.png"
    assert mask.read('{"url": "x"}') == {"url": "x"}


def test_keys_of_a_nested_object_have_flags_of_their_own() -> None:
    defs = {"Bytes": {"type": "object", "properties": {"base64": {"type": "integer"}}}}
    field = {"anyOf": [{"type": "integer"}, {"$ref": "#/$defs/Bytes"}, {"type": "null"}]}
    known = flags({"JPEG": {"properties": {"max_bytes": field}}}, defs)
    assert [one.name for one in known] == ["--max-bytes", "--max-bytes-base64"]
    values = {"flag_max_bytes": None, "flag_max_bytes_base64": 9}
    assert collect(known, values) == {"max_bytes": {"base64": 9}}
    with pytest.raises(click.UsageError, match="--max-bytes cannot go with --max-bytes-base64"):
        collect(known, {"flag_max_bytes": 5, "flag_max_bytes_base64": 9})


def test_alternatives_leave_null_out() -> None:
    parts = [{"type": "null"}, {"oneOf": [{"const": 1}, {"const": 2}]}]
    assert alternatives({"anyOf": parts}, {}) == [{"const": 1}, {"const": 2}]


def test_help_tells_who_has_a_flag_and_what_is_usual() -> None:
    quality = {"type": "integer", "minimum": 1, "description": "1 is\nsmallest."}
    lossy = {
        one: {"properties": {"q": {**quality, "default": at}}} for one, at in (("A", 5), ("B", 6))
    }
    (only,) = flags({**lossy, "C": {"properties": {}}}, {})
    assert only.help() == "1 is smallest. (A, B) [1..] Default: A 5, B 6."


def test_a_colour_may_be_a_list(cli: Callable[..., Any], photo: Path, tmp_path: Path) -> None:
    done = cli("process", "--background", "[255, 0, 0]", photo, tmp_path / "out.jpg")
    assert done.code == 0
    assert done.err.count("\n") == 1
