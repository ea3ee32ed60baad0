"""What a model names where there is nothing to name: pictures without any card of its deck.

    python benchmarks/negative_controls.py --model game [--num 300] [--sheet worst.png]

The pictures are drawn by this script alone, with nothing of what training draws with: clouds and shapes like photographs,
plots by matplotlib, pages of text, pages with tables, playing cards, cards of other games, tiles of many colours, desktops.
Every name is a false one. --sheet shows the surest of them, each with what lies around it.
"""

from __future__ import annotations

import argparse
import math
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from balatro.identify_card.card import Card
from balatro.identify_card.judge.intervals import count_interval
from balatro.identify_card.recognizer import Recognizer
from balatro.render.sheet import write_sheet
from balatro.utils.progress import track

SEED = 20_260_713
SIZES = ((640, 480), (1024, 576), (1280, 720), (1920, 1080), (720, 1280), (1000, 1000))
TEXT = (
    "the of and a to in is it that was for on with as river table stone winter market letter window account during between "
    "mountain report paper garden seven always number village system water morning history question result engine light"
)
WORDS = tuple(TEXT.split())
RANKS = ("A", "2", "3", "4", "5", "6", "7", "8", "9", "10", "J", "Q", "K")
CELL, COLUMNS, ROWS = 220, 6, 5
"""Of the sheet: a cell's side in pixels, and how many there are."""

Rng = np.random.Generator


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="auto", help="name or folder of a model")
    parser.add_argument("--num", type=int, default=300, help="pictures, as many of each kind as can be")
    parser.add_argument("--sheet", type=Path, help="PNG of the surest false names")
    args = parser.parse_args()
    recognizer = Recognizer.load(args.model, 1)
    kinds = list(KINDS)
    named: dict[str, list[tuple[Card, np.ndarray]]] = defaultdict(list)
    pictures: Counter[str] = Counter()
    with_names: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for number in track(range(args.num), "Reading pictures"):
        kind = kinds[number % len(kinds)]
        picture = draw(kind, number)
        cards = recognizer.identify(picture)
        known = [card for card in cards if card.known]
        pictures[kind] += 1
        found[kind] += len(cards)
        with_names[kind] += bool(known)
        named[kind] += [(card, cut(picture, card)) for card in known]
    tell(recognizer.bundle.name, pictures, found, with_names, {kind: [card for card, _ in named[kind]] for kind in kinds})
    if args.sheet is not None:
        write_sheet(sheet([pair for kind in kinds for pair in named[kind]]), args.sheet)
        print(f"{args.sheet}: the surest")


def tell(
    model: str, pictures: Counter[str], found: Counter[str], with_names: Counter[str], named: dict[str, list[Card]]
) -> None:
    """Print the table and the names most said."""
    print(f"{model}: {sum(pictures.values())} pictures without a card of its deck")
    print(f"{'':18s}{'pictures':>9s}{'found':>7s}{'with names':>12s}{'names':>7s}{'in 100 pictures':>17s}   95 %")
    rows = [(kind, pictures[kind], found[kind], with_names[kind], len(named[kind])) for kind in pictures]
    rows.append(("all", *(sum(row[place] for row in rows) for place in range(1, 5))))  # type: ignore[arg-type]
    for kind, num, things, some, names in rows:
        low, high = (100 * bound / num for bound in count_interval(names))
        print(f"{kind:18s}{num:9d}{things:7d}{some:12d}{names:7d}{100 * names / num:17.1f}   {low:.1f} to {high:.1f}")
    said = Counter(card.name for cards in named.values() for card in cards).most_common(12)
    print("most said: " + (", ".join(f"{name} ({count})" for name, count in said) or "nothing"))


def cut(picture: np.ndarray, card: Card) -> np.ndarray:
    """A named thing with half of its size around it, its box marked, at most CELL wide and high; (h, w, 3) uint8."""
    left, top, right, bottom = card.box
    wide, high = (right - left) // 2, (bottom - top) // 2
    marked = cv2.rectangle(picture.copy(), (left, top), (right, bottom), (255, 0, 255), max(1, wide // 30))
    part = marked[max(0, top - high) : bottom + high, max(0, left - wide) : right + wide]
    scale = (CELL - 30) / max(part.shape[:2])
    size = max(1, round(part.shape[1] * scale)), max(1, round(part.shape[0] * scale))
    return np.asarray(cv2.resize(part, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR))


def sheet(named: list[tuple[Card, np.ndarray]]) -> np.ndarray:
    """The surest false names, (h, w, 3) uint8 RGB; one cell that says so where there is none."""
    worst = sorted(named, key=lambda pair: -pair[0].confidence)[: COLUMNS * ROWS]
    rows = max(1, -(-len(worst) // COLUMNS))
    page = Image.new("RGB", (COLUMNS * CELL, rows * CELL), "white")
    pen = ImageDraw.Draw(page)
    for place, (card, part) in enumerate(worst):
        x, y = place % COLUMNS * CELL, place // COLUMNS * CELL
        page.paste(Image.fromarray(part), (x + 5, y + 5))
        pen.text((x + 5, y + CELL - 22), f"{card.name} {100 * card.confidence:.0f} %", "black", font(15))
    if not worst:
        pen.text((20, 20), "no false names", "black", font(20))
    return np.asarray(page)


def draw(kind: str, number: int) -> np.ndarray:
    """Picture `number` of a kind, (H, W, 3) uint8 RGB, always the same."""
    rng = np.random.default_rng([SEED, number])
    width, height = SIZES[rng.integers(len(SIZES))]
    image = np.ascontiguousarray(KINDS[kind](rng, width, height))
    if rng.random() < 0.4:  # as JPEG leaves it
        quality = int(rng.integers(40, 95))
        _, data = cv2.imencode(".jpg", image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        image = cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1]
    return np.ascontiguousarray(image)


def photograph(rng: Rng, width: int, height: int) -> np.ndarray:
    """Clouds of all sizes in a few colours, with soft and hard shapes over them, out of focus in part, with grain."""
    image = clouds(rng, width, height)
    for _ in range(rng.integers(3, 14)):
        layer = image.copy()
        centre = int(rng.integers(width)), int(rng.integers(height))
        size = int(rng.integers(20, height // 2)), int(rng.integers(20, height // 2))
        if rng.random() < 0.5:
            cv2.ellipse(layer, centre, size, float(rng.integers(180)), 0, 360, colour(rng), -1, cv2.LINE_AA)
        else:
            corners = cv2.boxPoints((centre, size, float(rng.integers(180)))).astype(np.int32)
            cv2.fillPoly(layer, [corners], colour(rng), cv2.LINE_AA)
        layer = cv2.GaussianBlur(layer, (0, 0), float(rng.choice([0.7, 3.0, 12.0])))
        share = float(rng.uniform(0.4, 1.0))
        image = np.asarray(cv2.addWeighted(layer, share, image, 1 - share, 0))
    grain = rng.normal(0, rng.uniform(1, 9), image.shape)
    return np.asarray((image + grain).clip(0, 255), np.uint8)


def clouds(rng: Rng, width: int, height: int) -> np.ndarray:
    """Noise of octaves between three colours, (H, W, 3) uint8."""
    field = np.zeros((height, width), np.float32)
    for octave in range(1, 8):
        cells = rng.random((2**octave + 1, 2**octave + 1), dtype=np.float32)
        field += cv2.resize(cells, (width, height), interpolation=cv2.INTER_CUBIC) * 0.6**octave
    field = (field - field.min()) / (np.ptp(field) + 1e-6)
    tones = np.array([colour(rng) for _ in range(3)], np.float32)
    parts = [np.interp(field, (0, 0.5, 1), tones[:, channel]) for channel in range(3)]
    return np.stack(parts, axis=2).astype(np.uint8)


def plot(rng: Rng, width: int, height: int) -> np.ndarray:
    """Axes with curves, bars, points, fields or shares."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure((width / 100, height / 100), dpi=100, facecolor=rng.choice(["white", "#222222", "#f4f0e6"]))
    canvas = FigureCanvasAgg(figure)
    rows, columns = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    for axes in np.ravel(figure.subplots(rows, columns)):
        values = rng.random(int(rng.integers(4, 30))) + 0.1
        shape = rng.integers(6)
        if shape == 0:
            axes.plot(np.cumsum(rng.normal(size=(60, 3)), axis=0))
        elif shape == 1:
            axes.bar(range(len(values)), values, color=rng.random((len(values), 3)))
        elif shape == 2:
            axes.scatter(*rng.random((2, 80)), c=rng.random(80), s=200 * rng.random(80))
        elif shape == 3:
            axes.imshow(rng.random((int(rng.integers(3, 12)), int(rng.integers(3, 12)))), aspect="auto", cmap="viridis")
        elif shape == 4:
            axes.pie(values[:7])
        else:
            axes.hist(rng.normal(size=(300, 2)), bins=20)
        axes.set_title(words(rng, 3))
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3]


def document(rng: Rng, width: int, height: int) -> np.ndarray:
    """A page of text, of one column or two, with headings."""
    page = Image.new("RGB", (width, height), light(rng))
    pen, ink = ImageDraw.Draw(page), dark(rng)
    size, columns = int(rng.integers(10, 26)), int(rng.integers(1, 3))
    for column in range(columns):
        left, right, y = 30 + column * width // columns, (column + 1) * width // columns - 30, 30
        while y < height - 30:
            is_heading = rng.random() < 0.06
            pen.text(
                (left, y), clipped(rng, right - left, 2 * size if is_heading else size), ink, font(size * (1 + is_heading))
            )
            y += round(size * (2.6 if is_heading else 1.4 if rng.random() < 0.9 else 2.8))
    return np.asarray(page)


def table(rng: Rng, width: int, height: int) -> np.ndarray:
    """A page with a table or two, ruled or striped."""
    page = Image.new("RGB", (width, height), "white")
    pen = ImageDraw.Draw(page)
    head, stripe = colour(rng), light(rng)
    row, columns = int(rng.integers(22, 90)), int(rng.integers(3, 9))
    cell = (width - 60) // columns
    for number, y in enumerate(range(40, height - row, row)):
        for column in range(columns):
            box = (30 + column * cell, y, 30 + (column + 1) * cell, y + row)
            fill = head if number == 0 else stripe if number % 2 else "white"
            pen.rectangle(box, fill, "#888888" if rng.random() < 0.97 else "black")
            text = words(rng, 1) if rng.random() < 0.5 else f"{rng.normal() * 100:.2f}"
            pen.text((box[0] + 6, y + row / 4), text, "white" if number == 0 else "black", font(min(row // 2, 18)))
    return np.asarray(page)


def playing_cards(rng: Rng, width: int, height: int) -> np.ndarray:
    """Cards of a plain pack on a table, fanned or strewn."""
    return strewn(rng, width, height, playing_card)


def other_games(rng: Rng, width: int, height: int) -> np.ndarray:
    """Cards of games that nobody plays: frame, name, picture, text and numbers."""
    return strewn(rng, width, height, game_card)


def strewn(rng: Rng, width: int, height: int, card: Callable[[Rng, int, int], Image.Image]) -> np.ndarray:
    """Some cards on a ground, in a row or anywhere, turned a little or as they fall."""
    ground = Image.fromarray(
        clouds(rng, width, height) if rng.random() < 0.4 else np.full((height, width, 3), colour(rng), np.uint8)
    )
    count, high = int(rng.integers(1, 10)), int(height * rng.uniform(0.12, 0.5))
    in_row, most = rng.random() < 0.6, float(rng.choice([2.0, 12.0, 180.0]))
    for place in range(count):
        drawn = card(rng, round(high / 1.4), high).rotate(
            float(rng.uniform(-most, most)), Image.Resampling.BICUBIC, expand=True
        )
        x = round(width * (place + 0.5) / count - drawn.width / 2) if in_row else int(rng.integers(-20, width - 40))
        y = height // 2 - drawn.height // 2 if in_row else int(rng.integers(-20, height - 40))
        ground.paste(drawn, (x, y), drawn)
    return np.asarray(ground)


def playing_card(rng: Rng, width: int, height: int) -> Image.Image:
    """White with rank, suit and pips; or a back."""
    card, pen = blank(width, height, light(rng) if rng.random() < 0.3 else (255, 255, 255))
    if rng.random() < 0.15:
        tone, step = colour(rng), max(4, width // 9)
        for x in range(-height, width, step):
            pen.line((x, 0, x + height, height), tone, max(1, step // 3))
            pen.line((x + height, 0, x, height), tone, max(1, step // 3))
        return rounded(card)
    rank, suit = int(rng.integers(13)), int(rng.integers(4))
    ink = (200, 20, 30) if suit < 2 else (20, 20, 30)
    pen.text((width * 0.06, height * 0.03), RANKS[rank], ink, font(max(8, height // 7)))
    pip(pen, suit, width * 0.13, height * 0.24, width * 0.06, ink)
    if rank >= 10:
        pen.rectangle((width * 0.25, height * 0.15, width * 0.75, height * 0.85), light(rng), ink)
        pen.ellipse((width * 0.36, height * 0.25, width * 0.64, height * 0.5), colour(rng))
        pen.polygon([(width * 0.3, height * 0.85), (width * 0.5, height * 0.45), (width * 0.7, height * 0.85)], colour(rng))
    else:
        for number in range(rank + 1):
            row, column = divmod(number, 2)
            pip(pen, suit, width * (0.38 + 0.26 * column), height * (0.2 + 0.15 * row), width * 0.08, ink)
    return rounded(card)


def pip(pen: ImageDraw.ImageDraw, suit: int, x: float, y: float, r: float, ink: tuple[int, int, int]) -> None:
    """A heart, diamond, club or spade around a point."""
    if suit == 1:
        pen.polygon([(x, y - 1.3 * r), (x + r, y), (x, y + 1.3 * r), (x - r, y)], ink)
        return
    tip = 1.3 * r if suit == 0 else -1.3 * r
    pen.polygon([(x - r, y), (x + r, y), (x, y + tip)], ink)
    side = -0.4 * r if suit == 0 else 0.3 * r
    for dx in (-0.5 * r, 0.5 * r):
        pen.ellipse((x + dx - 0.55 * r, y + side - 0.55 * r, x + dx + 0.55 * r, y + side + 0.55 * r), ink)
    if suit >= 2:
        pen.rectangle((x - 0.15 * r, y, x + 0.15 * r, y + 1.3 * r), ink)


def game_card(rng: Rng, width: int, height: int) -> Image.Image:
    """A frame with a name, a picture, a text and numbers."""
    card, pen = blank(width, height, colour(rng))
    pen.rectangle((width * 0.05, height * 0.03, width * 0.95, height * 0.97), colour(rng), dark(rng), max(1, width // 60))
    pen.rectangle((width * 0.09, height * 0.06, width * 0.91, height * 0.14), light(rng))
    pen.text((width * 0.12, height * 0.07), words(rng, 2), "black", font(max(7, height // 20)))
    box = [round(part) for part in (width * 0.1, height * 0.17, width * 0.9, height * rng.uniform(0.5, 0.9))]
    art = photograph(rng, 160, 160) if rng.random() < 0.6 else emblem(rng)
    card.paste(Image.fromarray(art).resize((max(1, box[2] - box[0]), max(1, box[3] - box[1]))), (box[0], box[1]))
    for y in range(box[3] + height // 30, round(height * 0.9), max(6, height // 22)):
        pen.text((width * 0.12, y), words(rng, 4), "black", font(max(6, height // 28)))
    pen.ellipse((width * 0.78, height * 0.86, width * 0.94, height * 0.96), light(rng), "black")
    pen.text((width * 0.82, height * 0.87), str(rng.integers(10)), "black", font(max(7, height // 18)))
    return rounded(card)


def emblem(rng: Rng) -> np.ndarray:
    """A star of flat colours."""
    image = np.full((160, 160, 3), colour(rng), np.uint8)
    points, turn = int(rng.integers(3, 10)), rng.uniform(0, math.pi)
    angles = turn + np.arange(2 * points) * math.pi / points
    reach = np.where(np.arange(2 * points) % 2, rng.uniform(15, 45), 72)
    corners = np.stack([80 + reach * np.cos(angles), 80 + reach * np.sin(angles)], axis=1).astype(np.int32)
    cv2.fillPoly(image, [corners], colour(rng), cv2.LINE_AA)
    cv2.circle(image, (80, 80), int(rng.integers(8, 30)), colour(rng), -1, cv2.LINE_AA)
    return image


def tiles(rng: Rng, width: int, height: int) -> np.ndarray:
    """Plain rectangles of many colours in rows, many of a card's shape."""
    page = Image.new("RGB", (width, height), colour(rng))
    pen = ImageDraw.Draw(page)
    high = int(height * rng.uniform(0.08, 0.4))
    wide, gap, radius = round(high * rng.uniform(0.5, 1.3)), int(rng.integers(0, 30)), int(rng.integers(0, 12))
    for y in range(gap, height, high + gap + 1):
        for x in range(gap, width, wide + gap + 1):
            tone = colour(rng)
            pen.rounded_rectangle((x, y, x + wide, y + high), radius, tone, dark(rng) if rng.random() < 0.5 else tone)
            if rng.random() < 0.3:
                pen.text((x + wide / 4, y + high / 3), words(rng, 1), light(rng), font(max(8, high // 8)))
    return np.asarray(page)


def desktop(rng: Rng, width: int, height: int) -> np.ndarray:
    """A wallpaper with icons, windows and a bar."""
    page = Image.fromarray(clouds(rng, width, height))
    pen = ImageDraw.Draw(page)
    for y in range(20, height - 120, 90):
        pen.rounded_rectangle((20, y, 68, y + 48), 8, colour(rng))
        pen.text((16, y + 52), words(rng, 1), "white", font(12))
    for _ in range(rng.integers(1, 5)):
        left, top = int(rng.integers(60, width * 2 // 3)), int(rng.integers(10, height * 2 // 3))
        wide, high = int(rng.integers(150, width // 2)), int(rng.integers(120, height // 2))
        inside = [document, table, tiles, photograph][int(rng.integers(4))](rng, wide, high)
        page.paste(Image.fromarray(inside), (left, top + 26))
        pen.rectangle((left, top, left + wide, top + 26), colour(rng))
        pen.text((left + 8, top + 5), words(rng, 3), "white", font(14))
        for button in range(3):
            pen.ellipse((left + wide - 20 - 18 * button, top + 7, left + wide - 8 - 18 * button, top + 19), colour(rng))
        pen.rectangle((left, top, left + wide, top + 26 + high), None, "#444444")
    pen.rectangle((0, height - 40, width, height), dark(rng))
    for x in range(10, width // 2, 50):
        pen.rounded_rectangle((x, height - 36, x + 32, height - 4), 6, colour(rng))
    return np.asarray(page)


def blank(width: int, height: int, fill: tuple[int, int, int]) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """A card of one colour, and what draws on it."""
    card = Image.new("RGBA", (width, height), (*fill, 255))
    return card, ImageDraw.Draw(card)


def rounded(card: Image.Image) -> Image.Image:
    """With round corners and a thin edge."""
    mask = Image.new("L", card.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, card.width - 1, card.height - 1), card.width // 14, 255)
    ImageDraw.Draw(card).rounded_rectangle((0, 0, card.width - 1, card.height - 1), card.width // 14, None, (90, 90, 90, 255))
    card.putalpha(mask)
    return card


def font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def words(rng: Rng, count: int) -> str:
    return " ".join(rng.choice(WORDS, count)).capitalize()


def clipped(rng: Rng, width: int, size: int) -> str:
    """A line of text of about this width in pixels."""
    return words(rng, max(1, round(width / size / 3.2)))


def colour(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(0, 256, 3))
    return red, green, blue


def light(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(205, 256, 3))
    return red, green, blue


def dark(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = (int(value) for value in rng.integers(0, 80, 3))
    return red, green, blue


KINDS: dict[str, Callable[[Rng, int, int], np.ndarray]] = {
    "photographs": photograph,
    "plots": plot,
    "documents": document,
    "tables": table,
    "playing cards": playing_cards,
    "other games' cards": other_games,
    "tiles": tiles,
    "desktops": desktop,
}

if __name__ == "__main__":
    main()
