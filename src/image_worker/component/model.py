"""The base classes of everything that a job can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Strict

from image_worker.component.documentation import field_texts
from image_worker.component.family import Family
from image_worker.component.schema import complete

if TYPE_CHECKING:
    from pydantic import GetJsonSchemaHandler
    from pydantic_core import CoreSchema

Item = TypeVar("Item")

Several = Annotated[tuple[Item, ...], Strict(strict=False)]
"""A list in JSON, a tuple in Python; the items themselves stay strict."""


class Model(BaseModel):
    """Immutable, and strict: unknown keys, text or booleans for numbers, NaN: all are errors."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
    )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """Add what the source says of each field."""
        written = handler(schema)
        properties = handler.resolve_ref_schema(written).get("properties", {})
        for name, text in field_texts(cls).items():
            key = cls.model_fields[name].alias or name if name in cls.model_fields else name
            if key in properties:
                properties[key].setdefault("description", text)
        return written

    @classmethod
    def raw_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema in which families are only mentioned."""
        return super().model_json_schema()

    @classmethod
    def model_json_schema(cls, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Return the JSON Schema, with a definition for every family in it."""
        return complete(super().model_json_schema(*args, **kwargs))


class Component(Model):
    """One member of a family: an operation, a filter, a format, a source, an analysis.

    A subclass with a `name` joins the family of its base class by being defined. Its fields are
    its parameters and their docstrings are the documentation that people read. A class made with
    `members=Family(...)` heads a family of its own.
    """

    name: ClassVar[str]
    family: ClassVar[Family]
    examples: ClassVar[tuple[dict[str, Any], ...]] = ()
    """Parameters that show it at work; the documentation runs them and shows the pictures."""
    extra: ClassVar[str] = ""
    """The optional part of the program without which it is listed but refused; mostly none."""
    beside: ClassVar[frozenset[str]] = frozenset()
    """Fields that stand beside the name on the wire instead of among its parameters."""

    def __init_subclass__(cls, members: Family | None = None, **kwargs: Any) -> None:
        """Take `members`, which is used once the class is whole."""
        super().__init_subclass__(**kwargs)

    @classmethod
    def __pydantic_init_subclass__(cls, members: Family | None = None, **kwargs: Any) -> None:
        """Join the family, and head another one if `members` is given."""
        super().__pydantic_init_subclass__(**kwargs)
        if "name" in vars(cls):
            cls.family.add(cls)
        if members:
            cls.family = members
            members.head = cls

    @classmethod
    def summary(cls) -> str:
        """Return the first sentence of the documentation."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]

    @property
    def tag(self) -> str:
        """The name under which it stands in a job."""
        return self.name

    @classmethod
    def read(cls, parameters: dict[str, Any]) -> Self:
        """Make one from the parameters as they stand in a job."""
        return cls.model_validate(parameters)

    @classmethod
    def parameters_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema of the parameters; families in it are only mentioned."""
        return cls.raw_schema()

    def write(self, context: Any = None) -> dict[str, Any]:
        """Return the parameters as they stand in a job, without those that are defaults."""
        return self.model_dump(mode="json", exclude_defaults=True, context=context)
