"""XML from elsewhere, read without trusting it: no document types, so no entities, and neither large nor deep."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from balatro.errors import InputError

MAX_XML = 64 * 1024**2
"""Bytes of one file."""
MAX_DEPTH = 32


class _Careful(ElementTree.TreeBuilder):
    """Builds the tree as long as there is nothing strange in it."""

    depth = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:
        """Called before anything that it declares is read: entities of any kind begin with it."""
        raise InputError("it has a document type, which annotations have not; do not trust it")

    def start(self, tag: str, attributes: dict[str, str]) -> ElementTree.Element:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise InputError(f"elements within each other, more than {MAX_DEPTH}; do not trust it")
        return super().start(tag, attributes)

    def end(self, tag: str) -> ElementTree.Element:
        self.depth -= 1
        return super().end(tag)


def read_xml(path: Path) -> ElementTree.Element:
    """The root of an XML file; InputError when it cannot be read, or has what annotations never have."""
    try:
        size = path.stat().st_size
        if size > MAX_XML:
            raise InputError(f"{size} bytes; at most {MAX_XML} are read")
        return ElementTree.fromstring(path.read_bytes(), parser=ElementTree.XMLParser(target=_Careful()))
    except InputError as error:
        raise InputError(f"{path}: {error}") from None
    except (OSError, ElementTree.ParseError, LookupError, ValueError) as error:
        raise InputError(f"{path}: not readable as XML ({error}); export it anew") from error


def root_tag(path: Path) -> str:
    """What kind of XML a file is: the name of its root, from its first kilobytes; empty when it is none."""
    parser: Any = ElementTree.XMLPullParser(("start",))
    try:
        with path.open("rb") as file:
            parser.feed(file.read(4096))
        return next((element.tag for _, element in parser.read_events()), "")
    except (OSError, ElementTree.ParseError, LookupError, ValueError):
        return ""


def text_of(element: ElementTree.Element, tag: str) -> str:
    """The text of a child, without blanks around it; empty where there is none."""
    return (element.findtext(tag) or "").strip()


def size_of(width: str | None, height: str | None) -> tuple[int, int] | None:
    """A picture's size as a file tells it; None where it does not, or as 0."""
    told = (int(width or 0), int(height or 0))
    return told if all(told) else None
