"""How selectors stand in JSON."""

from __future__ import annotations

from typing import Annotated, Any

from image_worker.component import ByKey, Component, refuse
from image_worker.selectors.base import Named, Selector
from image_worker.selectors.union import Union

_MOST_PARTS = 64


class Anyhow(ByKey):
    """A name, an object with the keys of one kind, or a list of these."""

    def read(self, value: object) -> Component:
        """Read any form."""
        if isinstance(value, str):
            kind: type[Named] = Named.family.find(value, "")
            return kind.said(value)
        if isinstance(value, list | tuple):
            return self._union(value)
        fields = value if isinstance(value, dict) else None
        if fields is None:
            raise refuse("expected a name, an object or a list of them, got {got}", value)
        for key in filter(self.family.promised, fields):
            self.family.find(key, key)
        if not any(kind.name in fields for kind in self.family):
            return self.make(self.family["box"], fields)
        return super().read(fields)

    def write(self, component: Component, context: Any = None) -> Any:
        """Write the shortest form."""
        if isinstance(component, Named):
            return component.text
        if isinstance(component, Union):
            return [self.write(part, context) for part in component.parts]
        return component.write(context)

    def schema(self) -> dict[str, Any]:
        """Return one alternative a form; the parts of a list are objects or names."""
        kinds = super().schema()["oneOf"]
        open_ended = [f"^{name}.+$" for name in Named.family.names if name.endswith(":")]
        alone = {"enum": [name for name in Named.family.names if not name.endswith(":")]}
        patterns = [{"type": "string", "pattern": pattern} for pattern in open_ended]
        one = {"anyOf": [alone, *patterns, *kinds]}
        return {"anyOf": [*one["anyOf"], {"type": "array", "items": one, "maxItems": _MOST_PARTS}]}

    def _union(self, value: list[object] | tuple[object, ...]) -> Union:
        if not 1 <= len(value) <= _MOST_PARTS:
            raise refuse(f"expected 1 to {_MOST_PARTS} selectors, got {{got}}", value)
        return Union(parts=tuple(self._part(part) for part in value))

    def _part(self, value: object) -> Selector:
        part = value if isinstance(value, Selector) else self.read(value)
        if isinstance(part, Union) or not isinstance(part, Selector):
            raise refuse("expected a selector, not a list inside of a list", value)
        return part


AnySelector = Annotated[Selector, Anyhow(Selector)]
"""A box, a polygon, a mask, a gradient, a name such as `"all"`, or a list of these."""
