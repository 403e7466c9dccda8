"""XMP."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from image_worker.analysis.base import Analyzer, Subject
from image_worker.picture import said

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

_MOST_BYTES = 1_000_000
_DEEPEST = 16
_LONGEST = 4096
_MOST = 2000
"""Values in one list or object."""

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_LISTS = {f"{_RDF}Seq", f"{_RDF}Bag"}
_ALTERNATIVES = f"{_RDF}Alt"

_PLACE = re.compile("gps|latitude|longitude|altitude", re.IGNORECASE)

# The prefixes that the XMP specification gives to its namespaces.
_PREFIXES = {
    "http://cipa.jp/exif/1.0/": "exifEX",
    "http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/": "Iptc4xmpCore",
    "http://iptc.org/std/Iptc4xmpExt/2008-02-29/": "Iptc4xmpExt",
    "http://ns.adobe.com/camera-raw-settings/1.0/": "crs",
    "http://ns.adobe.com/exif/1.0/": "exif",
    "http://ns.adobe.com/exif/1.0/aux/": "aux",
    "http://ns.adobe.com/hdr-gain-map/1.0/": "hdrgm",
    "http://ns.adobe.com/lightroom/1.0/": "lr",
    "http://ns.adobe.com/photoshop/1.0/": "photoshop",
    "http://ns.adobe.com/tiff/1.0/": "tiff",
    "http://ns.adobe.com/xap/1.0/": "xmp",
    "http://ns.adobe.com/xap/1.0/mm/": "xmpMM",
    "http://ns.adobe.com/xap/1.0/rights/": "xmpRights",
    "http://ns.adobe.com/xap/1.0/sType/ResourceEvent#": "stEvt",
    "http://ns.adobe.com/xap/1.0/sType/ResourceRef#": "stRef",
    "http://ns.google.com/photos/1.0/camera/": "GCamera",
    "http://ns.google.com/photos/1.0/container/": "Container",
    "http://ns.useplus.org/ldf/xmp/1.0/": "plus",
    "http://purl.org/dc/elements/1.1/": "dc",
}


class Xmp(Analyzer):
    """The XMP properties of the file, such as `dc:title`, `xmp:Rating`, `photoshop:Credit`.

    Lists are lists, structures are objects, and of texts in several languages the default one is
    taken. Where the picture was taken (properties about GPS, latitude, longitude or altitude) is
    left out unless asked for. Empty where the file has none, or where it is damaged, longer than
    1 MB or declares a document type, which XMP must not.
    """

    name = "xmp"
    reads = "header"
    of_file = True

    gps: bool = False
    """Whether to tell where the picture was taken, if XMP says so."""

    def measure(self, subject: Subject) -> dict[str, Any]:
        """Return the properties."""
        if subject.stored is None:
            return {}
        fields = fields_of(bytes(said(subject.stored.image, "xmp-data", b"")))
        return fields if self.gps else _without_place(fields)


def fields_of(data: bytes) -> dict[str, Any]:
    """Return the properties of an XMP packet.

    Entities, with which a small file can grow or reach for other files, can only be declared in a
    document type; so none is accepted.
    """
    text = data[: _MOST_BYTES + 1].decode("utf-8", "replace").strip("\0\ufeff \r\n\t")
    if len(data) > _MOST_BYTES or "<!DOCTYPE" in text:
        return {}
    try:
        root = ET.fromstring(text)  # noqa: S314 - without a document type
    except (ET.ParseError, ValueError):
        return {}
    rdf = root if root.tag == f"{_RDF}RDF" else root.find(f".//{_RDF}RDF")
    found: dict[str, Any] = {}
    for description in _some(rdf if rdf is not None else ()):
        found |= _properties(description, 0)
    return found


def _properties(element: Element, depth: int) -> dict[str, Any]:
    """Return the properties that an element has as attributes and as children."""
    attributes = ((_named(key), value[:_LONGEST]) for key, value in element.attrib.items())
    children = ((_named(child.tag), _value(child, depth + 1)) for child in _some(element))
    pairs = ((name, value) for name, value in (*attributes, *children) if name is not None)
    return {str(name): value for name, value in pairs}


def _value(element: Element, depth: int) -> Any:
    if depth > _DEEPEST:
        return None
    inner = next(iter(element), None)
    if inner is None:
        fields = _properties(element, depth)
        resource = element.get(f"{_RDF}resource")
        return fields or resource or (element.text or "").strip()[:_LONGEST]
    if inner.tag in _LISTS:
        return [_value(item, depth + 1) for item in _some(inner)]
    if inner.tag == _ALTERNATIVES:
        items = list(_some(inner))
        default = next((one for one in items if one.get(_LANGUAGE) == "x-default"), None)
        chosen = default if default is not None else next(iter(items), None)
        return None if chosen is None else _value(chosen, depth + 1)
    return _properties(inner if inner.tag == f"{_RDF}Description" else element, depth)


def _some(element: Iterable[Element]) -> Iterator[Element]:
    return itertools.islice(element, _MOST)


def _named(tag: str) -> str | None:
    """Return `dc:title` for `{http://purl.org/dc/elements/1.1/}title`; nothing for RDF's own."""
    space, _, name = tag.removeprefix("{").rpartition("}")
    if not space or f"{{{space}}}" == _RDF or tag == _LANGUAGE:
        return None
    return f"{_PREFIXES.get(space, space)}:{name}"


def _without_place(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_place(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: _without_place(part) for name, part in value.items() if not _PLACE.search(name)}
