"""CVAT: its XML 1.1 for images, with boxes, attributes and other shapes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from balatro.annotate_dataset.forms.gathering import ATTRIBUTES, Gathering
from balatro.annotate_dataset.forms.items import Found, first_inside, flat
from balatro.annotate_dataset.forms.safe_xml import read_xml, root_tag, size_of
from balatro.annotate_dataset.forms.whole_screens import ScreenOfCards
from balatro.errors import InputError

FILE, IMAGES = "annotations.xml", "images"
ROOT = "annotations"
EDGES = ("xtl", "ytl", "xbr", "ybr")
SHAPES = ("polygon", "polyline", "points", "mask", "ellipse", "cuboid", "skeleton", "tag")
"""What a picture may have beside boxes."""


def is_cvat(folder: Path) -> bool:
    """Whether a folder has a file of this form."""
    return any(root_tag(path) == ROOT for path in folder.glob("*.xml"))


def read_cvat(place: Path, scratch: Path) -> Found:
    """A file, or the one in a folder; pictures lie in `images` beside it, or beside it itself.

    A box's card is its attribute `name`, else its label; modifier, type and rarity are attributes. Shapes that are no upright
    boxes are told, and so are the tracks of videos.
    """
    gathered = Gathering(scratch)
    path = place if place.is_file() else _find_file(place)
    root = read_xml(path)
    if root.tag != ROOT:
        raise InputError(f"{path}: <{root.tag}>, no CVAT export; expected <{ROOT}>")
    for track in root.findall("track"):
        gathered.leave_out(f"{path}, track {track.get('id')}", "of a video; export the task as CVAT for images")
    for image in root.findall("image"):
        _take_image(gathered, path, image)
    return gathered.found


def write_cvat(screens: Sequence[ScreenOfCards], out: Path) -> None:
    """`annotations.xml` and `images/`, as CVAT imports them: a label is a card's name, the rest are attributes."""
    root = Element(ROOT)
    SubElement(root, "version").text = "1.1"
    for number, screen in enumerate(screens):
        screen.copy_to(out / IMAGES)
        width, height = screen.size
        about = {"id": str(number), "name": screen.key, "width": str(width), "height": str(height)}
        image = SubElement(root, "image", about)
        for card in screen.cards:
            edges = {edge: f"{value:.2f}" for edge, value in zip(EDGES, card.box, strict=True)}
            box = SubElement(
                image, "box", {"label": card.label.name, "source": "manual", "occluded": "0", **edges, "z_order": "0"}
            )
            for kind, text in card.attributes.items():
                SubElement(box, "attribute", {"name": kind}).text = text
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    (out / FILE).write_text(f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n', encoding="utf-8", newline="")


def _take_image(gathered: Gathering, path: Path, image: Element) -> None:
    name = image.get("name") or ""
    where = f"{path}, {name}"
    for number, shape in enumerate(one for one in image if one.tag in SHAPES):
        gathered.leave_out(f"{where}, {shape.tag} {number}", "no box; only upright boxes are read")
    boxes = image.findall("box")
    try:
        roots = (path.parent / IMAGES, path.parent, path.parent.parent / IMAGES)
        file = first_inside(roots, [name, name.rpartition("/")[2]]) if boxes else path
    except InputError as error:
        for number in range(len(boxes)):
            gathered.leave_out(f"{where}, box {number}", error)
        return
    for number, box in enumerate(boxes):
        _take_box(gathered, f"{where}, box {number}", flat(name), file, image, box)


def _take_box(gathered: Gathering, where: str, key: str, file: Path, image: Element, box: Element) -> None:
    try:
        if float(box.get("rotation") or 0):
            return gathered.leave_out(where, "turned; only upright boxes are read")
        left, top, right, bottom = (float(box.attrib[edge]) for edge in EDGES)
        size = size_of(image.get("width"), image.get("height"))
    except (KeyError, ValueError) as error:
        return gathered.leave_out(where, f"its edges cannot be read ({error!r})")
    told = {one.get("name") or "": (one.text or "").strip() for one in box.findall("attribute")}
    attributes = {name: told[name] for name in ATTRIBUTES if name in told}
    edges = (left, top, right - left, bottom - top)
    return gathered.add(where, key, file, edges, size, box.get("label") or "", attributes)


def _find_file(folder: Path) -> Path:
    files = [path for path in sorted(folder.glob("*.xml")) if root_tag(path) == ROOT]
    if len(files) != 1:
        raise InputError(f"{folder}: {len(files) or 'no'} files of CVAT in it; name the one")
    return files[0]
