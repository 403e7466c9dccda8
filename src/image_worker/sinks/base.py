"""What every way of handing a result over has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from image_worker.cancel import Cancel
from image_worker.component import ByKey, Component, Family, refuse
from image_worker.sinks.parcel import DEFAULT_KEY

if TYPE_CHECKING:
    from image_worker.buckets import Storage
    from image_worker.outgoing import Outgoing
    from image_worker.sinks.parcel import Parcel
    from image_worker.volume import Volume

ATTEMPTS = 4
"""How often a result is sent where sending it twice does no harm."""


@dataclass(frozen=True, slots=True)
class Exits:
    """The ways out that a job may use."""

    outgoing: Outgoing
    storage: Storage
    cancel: Cancel = field(default_factory=Cancel)
    volume: Volume | None = None
    seconds: float = 30.0
    """For handing over one result."""
    key: str = DEFAULT_KEY
    """Template for the key of a result that goes to a bucket, where the job names none."""
    expires: int = 604_800
    """Seconds that the address of a result in a bucket is good for."""
    prefer_bucket_above: int | None = None
    """Bytes of an answer above which pictures go to a bucket although they would fit."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """What the answer says of a result that was handed over."""

    image: str | None
    """The picture itself or its address; None where the caller knows it anyway."""
    facts: dict[str, Any] | None = None
    """Where it is; None where it is in the answer."""


class Delivery(Component, members=Family("delivery")):
    """Where the result goes: into the answer, or somewhere else."""

    inline: ClassVar[bool] = False
    """Whether the result stands in the answer."""

    @property
    def several(self) -> bool:
        """Whether several results can be handed over like this and stay apart."""
        return True

    def check(self, exits: Exits) -> None:
        """Raise what can be known to be wrong before there is a result."""

    def deliver(self, parcel: Parcel, exits: Exits) -> Delivered:
        """Hand the result over; raises a `DeliveryError`."""
        raise NotImplementedError


class _Anyhow(ByKey):
    """A word such as `"auto"`, or an object with one key that says where."""

    def read(self, value: object) -> Component:
        """Read either form."""
        words = [kind.name for kind in self.family if kind.inline]
        if isinstance(value, str):
            if value in words:
                return self.make(self.family[value], {})
            known = self.family.suggestion([value]) or f"known are {', '.join(words)}"
            raise refuse(f"expected a word or an object, got {{got}}; {known}", value)
        places = [kind for kind in self.family if not kind.inline]
        if not isinstance(value, dict):
            raise refuse(f"expected one of {', '.join(words)}, or an object, got {{got}}", value)
        named = [kind for kind in places if kind.name in value]
        if len(named) != 1:
            names = ", ".join(kind.name for kind in places)
            came = " and ".join(kind.name for kind in named) or ", ".join(map(str, value)) or "none"
            raise refuse(f"expected exactly one of {names}, got {came}", value)
        return self.make(named[0], value)

    def write(self, component: Component, context: Any = None) -> Any:
        """Write the word, or the object."""
        inline = isinstance(component, Delivery) and component.inline
        return component.name if inline else component.write(context)

    def schema(self) -> dict[str, Any]:
        """Return the words, and one alternative a place."""
        words = [kind.name for kind in self.family if kind.inline]
        places = [kind.raw_schema() for kind in self.family if not kind.inline]
        return {"oneOf": [{"type": "string", "enum": words}, *places]}


AnyDelivery = Annotated[Delivery, _Anyhow(Delivery)]
"""A word such as `"auto"`, or an object that says where."""
