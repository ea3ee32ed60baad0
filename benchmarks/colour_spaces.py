"""Pictures in other colour spaces and tones: whether a card without an edition is said to have one.

    python -m benchmarks.colour_spaces --model game [--cards 100]

Screens are drawn of the model's deck, all cards Base; each is seen as it is, in Display P3 and in Adobe RGB with the profile
embedded, tone-mapped from a screen with a high dynamic range, and tinted warm and cool. One row a kind: cards that were
dealt, right names, and editions that were made up. Run from the repository's root.
"""

from __future__ import annotations

import argparse
import io
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from PIL import Image, ImageCms
from rich.console import Console
from rich.table import Table

from balatro.config.paths import art_dir
from balatro.identify_card.judge.intervals import share_interval
from balatro.identify_card.recognizer import Recognizer
from balatro.render.deck import load_deck
from balatro.render.table import PLAY, Screen, draw_screen
from balatro.utils.images import load_image
from balatro.utils.progress import track
from tests.utils.profiles import ADOBE_RGB, DISPLAY_P3, rgb_profile

SEED = 40_007
BASE_ONLY = replace(PLAY, modifiers=(1.0, 0.0, 0.0, 0.0, 0.0), sizes=((1280, 720), (1920, 1080)))
SHOWN = 0.5
"""Share of a card that must show for its name and modifier to count."""

Primaries = tuple[tuple[float, float, float], ...]


def in_space(primaries: Primaries) -> Callable[[np.ndarray], np.ndarray]:
    """What a program reads from a file that holds the picture in another colour space, with its profile."""

    def seen(picture: np.ndarray) -> np.ndarray:
        profile = rgb_profile("wide", primaries)
        wide = ImageCms.profileToProfile(Image.fromarray(picture), ImageCms.createProfile("sRGB"), io.BytesIO(profile))
        assert wide is not None
        file = io.BytesIO()
        wide.save(file, "PNG", icc_profile=profile)
        file.seek(0)
        return load_image(Image.open(file))

    return seen


def tone_mapped(picture: np.ndarray) -> np.ndarray:
    """A screenshot of a screen with a high dynamic range: whites at 203 of 80 nits, brought back by Reinhard's curve (2002)."""
    light = (picture.astype(np.float32) / 255) ** 2.2 * (203 / 80)
    return gamma(light / (1 + light) * 1.15)


def tinted(*factors: float) -> Callable[[np.ndarray], np.ndarray]:
    """A screen that a night mode or a cold lamp has coloured."""
    return lambda picture: np.clip(picture * np.array(factors, np.float32), 0, 255).astype(np.uint8)


def gamma(light: np.ndarray) -> np.ndarray:
    """Linear light 0..1 as bytes."""
    return np.rint(255 * np.clip(light, 0, 1) ** (1 / 2.2)).astype(np.uint8)


KINDS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "as it is": lambda picture: picture,
    "Display P3, profile embedded": in_space(DISPLAY_P3),
    "Adobe RGB, profile embedded": in_space(ADOBE_RGB),
    "HDR, tone-mapped": tone_mapped,
    "warm": tinted(1.0, 0.88, 0.7),
    "cool": tinted(0.82, 0.93, 1.0),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="auto", help="name or folder of a model whose deck lies in data/art")
    parser.add_argument("--cards", type=int, default=100, help="cards that are dealt at least")
    args = parser.parse_args()
    recognizer = Recognizer.load(args.model, 1)
    screens = draw_screens(recognizer.bundle.deck, args.cards)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for screen in track(screens, "Reading screens"):
        for kind, seen in KINDS.items():
            counts[kind].update(judge(recognizer, screen, seen(screen.image)))
    show(counts)


def draw_screens(deck_name: str, cards: int) -> list[Screen]:
    """Screens on which so many cards show."""
    deck, rng = load_deck(art_dir(deck_name)), np.random.default_rng(SEED)
    screens: list[Screen] = []
    while sum(card.known and card.visible >= SHOWN for screen in screens for card in screen.cards) < cards:
        screens.append(draw_screen(deck, rng, BASE_ONLY))
    return screens


def judge(recognizer: Recognizer, screen: Screen, picture: np.ndarray) -> Counter[str]:
    """The cards of a screen, each read where it lies."""
    truth = [card for card in screen.cards if card.known and card.visible >= SHOWN]
    if not truth:
        return Counter()
    read = recognizer.read(picture, np.stack([card.quad for card in truth]))
    return Counter(
        dealt=len(truth),
        named=sum(card.known for card in read),
        right=sum(card.id == true.id for card, true in zip(read, truth, strict=True)),
        invented=sum(card.known and card.modifier != "Base" for card in read),
    )


def show(counts: dict[str, Counter[str]]) -> None:
    table = Table("picture", "cards", "named", "right name", "edition made up", "95 %")
    for kind, count in counts.items():
        low, high = (100 * bound for bound in share_interval(count["invented"], count["named"]))
        right = f"{100 * count['right'] / count['dealt']:.1f} %"
        table.add_row(kind, f"{count['dealt']}", f"{count['named']}", right, f"{count['invented']}", f"{low:.1f}–{high:.1f} %")
    Console().print(table)


if __name__ == "__main__":
    main()
