"""Pascal VOC: an XML for each picture, with the boxes of its objects; so do LabelImg, Roboflow and CVAT write them.

Pixels are counted from 1 and both edges belong to the box: a whole picture is 1, 1, width, height.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from balatro.annotate_dataset.forms.gathering import Gathering
from balatro.annotate_dataset.forms.items import Found, first_inside, flat
from balatro.annotate_dataset.forms.safe_xml import read_xml, root_tag, size_of, text_of
from balatro.annotate_dataset.forms.whole_screens import ScreenOfCards
from balatro.annotate_dataset.store.screenshots import natural
from balatro.errors import InputError
from balatro.utils.images import IMAGE_SUFFIXES

ROOT = "annotation"
ANNOTATIONS, IMAGES = "Annotations", "JPEGImages"
CORNERS = ("xmin", "ymin", "xmax", "ymax")


def is_voc(folder: Path) -> bool:
    """Whether a folder, or one in it, has XML files of this form."""
    return any(root_tag(path) == ROOT for path in _some_files(folder))


def read_voc(place: Path, scratch: Path) -> Found:
    """One file, or all in a folder and its sub-folders; pictures lie beside them, in `JPEGImages` or in `images`."""
    gathered = Gathering(scratch)
    for path in [place] if place.is_file() else sorted(place.rglob("*.xml"), key=lambda path: natural(path.as_posix())):
        try:
            root = read_xml(path)
            if root.tag != ROOT:
                raise InputError(f"{path}: <{root.tag}>, expected <{ROOT}>")
            objects = root.findall("object")
            file = _picture(path, root) if objects else path
        except InputError as error:
            gathered.failures.append(str(error) if str(path) in str(error) else f"{path}: {error}")
            continue
        for number, one in enumerate(objects):
            _take(gathered, f"{path}, object {number}", flat(file.name), file, root, one)
    return gathered.found


def write_voc(screens: Sequence[ScreenOfCards], out: Path) -> None:
    """`Annotations/` and `JPEGImages/`; type, rarity and modifier are attributes, as CVAT writes them."""
    for screen in screens:
        screen.copy_to(out / IMAGES)
        root = _annotation(screen)
        target = (out / ANNOTATIONS / screen.key).with_suffix(".xml")
        target.parent.mkdir(parents=True, exist_ok=True)
        ElementTree.indent(root)
        target.write_text(ElementTree.tostring(root, encoding="unicode") + "\n", encoding="utf-8", newline="")


def _take(gathered: Gathering, where: str, key: str, file: Path, root: Element, one: Element) -> None:
    """One object of a picture."""
    told = one.find("attributes")
    attributes = {text_of(each, "name"): text_of(each, "value") for each in ([] if told is None else told)}
    box = one.find("bndbox")
    try:
        if box is None or float(attributes.get("rotation") or 0):
            return gathered.leave_out(where, "no upright box; only these are read")
        left, top, right, bottom = (float(text_of(box, corner)) for corner in CORNERS)
        size = size_of(root.findtext("size/width"), root.findtext("size/height"))
    except ValueError as error:
        return gathered.leave_out(where, f"its box cannot be read ({error})")
    edges = (left - 1, top - 1, right - left + 1, bottom - top + 1)
    return gathered.add(where, key, file, edges, size, text_of(one, "name"), attributes)


def _picture(path: Path, root: Element) -> Path:
    """The picture that a file is about: as it names it, else of its own name."""
    told = text_of(root, "filename").replace("\\", "/")
    names = [told, PurePosixPath(told).name, *(path.stem + suffix for suffix in sorted(IMAGE_SUFFIXES))]
    names = [name for name in dict.fromkeys(names) if name]
    around = [path.parent, *list(path.parents)[1:3]]
    return first_inside([root / folder for root in around for folder in ("", IMAGES, "images")], names)


def _some_files(folder: Path) -> Iterator[Path]:
    """A file of each place in which they may lie."""
    for place in (folder, folder / ANNOTATIONS, *sorted(child for child in folder.iterdir() if child.is_dir())):
        if found := next(place.glob("*.xml"), None):
            yield found


def _annotation(screen: ScreenOfCards) -> Element:
    root = Element(ROOT)
    name = PurePosixPath(screen.key)
    for tag, text in (("folder", name.parent.name or IMAGES), ("filename", name.name)):
        SubElement(root, tag).text = text
    size = SubElement(root, "size")
    for tag, number in (("width", screen.size[0]), ("height", screen.size[1]), ("depth", 3)):
        SubElement(size, tag).text = str(number)
    for card in screen.cards:
        one = SubElement(root, "object")
        for tag, text in (("name", card.label.name), ("pose", "Unspecified"), ("truncated", "0"), ("difficult", "0")):
            SubElement(one, tag).text = text
        box = SubElement(one, "bndbox")
        left, top, right, bottom = card.box
        for tag, edge in zip(CORNERS, (left + 1, top + 1, right, bottom), strict=True):
            SubElement(box, tag).text = str(edge)
        attributes = SubElement(one, "attributes")
        for kind, text in card.attributes.items():
            each = SubElement(attributes, "attribute")
            SubElement(each, "name").text, SubElement(each, "value").text = kind, text
    return root
