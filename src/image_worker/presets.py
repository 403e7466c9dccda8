"""Named lists of operations, kept by the worker and used by jobs."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field

from image_worker.component import Model, suggestion
from image_worker.errors import ImageWorkerError, InvalidParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Json = dict[str, Any]

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


class PresetDefinition(Model):
    """What stands behind the name of a preset."""

    operations: Annotated[list[Json], Field(min_length=1, max_length=64)]
    """Steps as in a job; `"${size}"` stands for the variable `size`."""

    output: Json | None = None
    """How the result is written, unless the job says so itself."""

    defaults: dict[str, Any] = Field(default_factory=dict)
    """Values of variables that a job may leave out."""

    description: str = ""
    """What it is for."""

    def variables(self) -> set[str]:
        """Return the names of all variables."""
        return set(_mentioned([self.operations, self.output]))

    def fill(
        self, name: str, given: Mapping[str, Any], path: str
    ) -> tuple[list[Json], Json | None]:
        """Return operations and output with the values put in place of the variables."""
        known = self.variables()
        for key in given:
            if key not in known:
                hint = suggestion(key, known) or f"known are {', '.join(sorted(known)) or 'none'}"
                raise InvalidParameterError(
                    f'the preset "{name}" has no variable "{key}"; {hint}', path=f"{path}.{key}"
                )
        values = {**self.defaults, **given}
        missing = sorted(known - set(values))
        if missing:
            raise InvalidParameterError(
                f'the preset "{name}" needs a value for "{missing[0]}"', path=path
            )
        return _filled(self.operations, values), _filled(self.output, values)


@dataclass(frozen=True, slots=True)
class Expanded:
    """A job whose presets have been replaced by what they stand for."""

    payload: object
    origins: tuple[tuple[str, str, str], ...] = ()
    """Place of each step that came from a preset, the preset's place, and its name."""

    def placed(self, error: ImageWorkerError) -> ImageWorkerError:
        """Return the error with the path that it has in the job as it came."""
        for place, origin, name in self.origins:
            if error.path != place and not error.path.startswith(f"{place}."):
                continue
            if not name:
                return type(error)(error.message, path=origin + error.path.removeprefix(place))
            message = f'in a step of the preset "{name}": {error.message}'
            return type(error)(message, path=f"{origin}.params")
        return error


@dataclass(frozen=True, slots=True)
class Presets:
    """The presets that jobs may use."""

    kept: Mapping[str, PresetDefinition] = field(default_factory=dict)
    only: bool = False
    """Whether jobs may have no other steps."""

    def expand(self, payload: object) -> Expanded:
        """Return the job with every preset in its operations replaced."""
        if self.only:
            check_only_presets(payload)
        return expand(payload, self.kept)


def expand(payload: object, presets: Mapping[str, PresetDefinition]) -> Expanded:
    """Return the job with every preset in its operations replaced."""
    steps = _steps(payload)
    if not isinstance(payload, dict) or not any(_preset(step) for step in steps):
        return Expanded(payload)
    operations: list[Any] = []
    origins: list[tuple[str, str, str]] = []
    changed = dict(payload)
    for index, step in enumerate(steps):
        origin = f"operations[{index}]"
        name, inner, output = _stands_for(step, presets, origin)
        for each in inner:
            origins.append((f"operations[{len(operations)}]", origin, name))
            operations.append(each)
        if output is not None:
            changed.setdefault("output", output)
    return Expanded({**changed, "operations": operations}, tuple(origins))


def check_only_presets(value: object, path: str = "") -> None:
    """Refuse steps that are no presets, wherever in a job they stand."""
    if isinstance(value, dict):
        for key, inner in value.items():
            place = f"{path}.{key}".removeprefix(".")
            if key == "operations" and isinstance(inner, list):
                for index, step in enumerate(inner):
                    if _preset(step) is None:
                        raise InvalidParameterError(
                            "expected a preset: this worker does nothing else",
                            path=f"{place}[{index}]",
                        )
            check_only_presets(inner, place)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            check_only_presets(inner, f"{path}[{index}]")


def _stands_for(
    step: Any, presets: Mapping[str, PresetDefinition], origin: str
) -> tuple[str, list[Any], Json | None]:
    """Return the preset's name, its steps and its output; a plain step stands for itself."""
    found = _preset(step)
    if found is None:
        return "", [step], None
    name, given, when = found
    definition = _find(name, presets, origin)
    steps, output = definition.fill(str(name), given, f"{origin}.params")
    return str(name), [_also_when(inner, when) for inner in steps], output


def _steps(payload: object) -> list[Any]:
    steps = payload.get("operations") if isinstance(payload, dict) else None
    return list(steps) if isinstance(steps, list | tuple) else []


def _preset(step: object) -> tuple[object, Json, object] | None:
    """Return name, variables and condition if the step is a preset."""
    if not isinstance(step, dict):
        return None
    if "preset" in step and "type" not in step:
        parameters = step["preset"]
    elif step.get("type") == "preset":
        parameters = step.get("params", {})
    else:
        return None
    if not isinstance(parameters, dict):
        return None
    given = {key: value for key, value in parameters.items() if key != "name"}
    return parameters.get("name"), given, step.get("when")


def _find(name: object, presets: Mapping[str, PresetDefinition], path: str) -> PresetDefinition:
    if isinstance(name, str) and name in presets:
        return presets[name]
    hint = suggestion(name, presets) or f"known are {', '.join(presets) or 'none'}"
    raise InvalidParameterError(f'there is no preset "{name}"; {hint}', path=f"{path}.params.name")


def _also_when(step: Json, when: object) -> Json:
    if when is None:
        return step
    own = step.get("when")
    return {**step, "when": {"and": [when, own]} if own is not None else when}


def _mentioned(part: object) -> Iterator[str]:
    if isinstance(part, str):
        yield from _VARIABLE.findall(part)
    elif isinstance(part, dict):
        for value in part.values():
            yield from _mentioned(value)
    elif isinstance(part, list):
        for item in part:
            yield from _mentioned(item)


def _filled(part: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(part, dict):
        return {key: _filled(value, values) for key, value in part.items()}
    if isinstance(part, list):
        return [_filled(item, values) for item in part]
    if not isinstance(part, str):
        return part
    whole = _VARIABLE.fullmatch(part)
    if whole:
        return values[whole[1]]
    return _VARIABLE.sub(lambda match: str(values[match[1]]), part)
