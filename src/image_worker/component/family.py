"""A family of components, each found by its name."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING, Any, ClassVar

from image_worker.component.explain import lacking, refuse, suggestion
from image_worker.extras import installed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import ModuleType

    from image_worker.component.model import Component


class Family:
    """The kinds of one thing, by name: all operations, all filters, all formats.

    Classes join when they are defined, so a class in a plug-in or a test is enough; nothing else
    has to name it.
    """

    head: type[Component]
    """The class that all of them derive from."""

    by_word: ClassVar[dict[str, Family]] = {}
    """Every family by what its members are called, for fields below the layer of the head."""

    def __init__(self, word: str, *, ignore_case: bool = False) -> None:
        self.word = word
        self.by_word[word] = self
        self._fold = str.upper if ignore_case else str
        self._kinds: dict[str, type[Component]] = {}
        self._promised: dict[str, str] = {}

    def add(self, kind: type[Component]) -> None:
        """Take in a class; two different classes of one name are a mistake of the programmer."""
        for name in (kind.name, *getattr(kind, "aliases", ())):
            known = self._kinds.get(name)
            if known and known.__qualname__ != kind.__qualname__:
                raise TypeError(f"two kinds of {self.word} are called {name!r}: {known}, {kind}")
            self._kinds[name] = kind

    def remove(self, kind: type[Component]) -> None:
        """Forget a class."""
        self._kinds = {name: known for name, known in self._kinds.items() if known is not kind}

    def __iter__(self) -> Iterator[type[Any]]:
        """Yield the classes in the order of their names."""
        return (kind for name, kind in sorted(self._kinds.items()) if kind.name == name)

    def __getitem__(self, name: str) -> type[Any]:
        """Return the class of that name."""
        return self._kinds[self._key(name)]

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a class of that name."""
        return isinstance(name, str) and self._key(name) in self._kinds

    def _key(self, name: str) -> str:
        """Return under which name the class is kept.

        One whose name ends in a colon has every name that begins like that and goes on.
        """
        start, colon, rest = name.partition(":")
        begins = colon and f"{start}:" in self._kinds
        return (f"{start}:" if rest else "") if begins else self._fold(name)

    @property
    def names(self) -> list[str]:
        """All names, sorted."""
        return [kind.name for kind in self]

    def promise(self, extra: str, *names: str) -> None:
        """Say which extra brings names that are unknown without it.

        A name that ends in a colon stands for all names that begin like that.
        """
        self._promised |= dict.fromkeys(names, extra)

    def promised(self, name: object) -> str | None:
        """Return the extra that would bring the name, if it is not known already."""
        if not isinstance(name, str) or name in self:
            return None
        start, colon, _ = name.partition(":")
        return self._promised.get(start + colon)

    def find(self, name: object, key: str) -> type[Any]:
        """Return the class of that name, or refuse `key` with a suggestion."""
        if name in self:
            return self._able(str(name), key)
        extra = self.promised(name)
        if extra:
            raise lacking(self.word, str(name), extra, key)
        hint = self.suggestion([name]) or f"known are {', '.join(self.names)}"
        raise refuse(f"expected the name of a known {self.word}, got {{got}}; {hint}", name, key)

    def _able(self, name: str, key: str) -> type[Any]:
        """Return the class of that name, if what it needs is installed."""
        kind = self[name]
        if kind.extra and not installed(kind.extra):
            raise lacking(self.word, name, kind.extra, key)
        return kind

    def suggestion(self, names: Iterable[object]) -> str:
        """Return `did you mean "resize"?` for the first name that is close to a known one."""
        known = [*self.names, *self._promised]
        return next(filter(None, (suggestion(name, known) for name in names)), "")


def discover(package: ModuleType) -> None:
    """Import every module of a package, so that the classes in it join their families."""
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        importlib.import_module(module.name)
