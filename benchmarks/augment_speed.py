"""How fast copies are made, beside the plain loop that one would write first: Pillow's rotate and ImageEnhance.

    python benchmarks/augment_speed.py [--pictures 40] [--size 142x190]

One thread, pictures of the demo deck, 10 copies of each, everything allowed, and no disk: first the pictures alone, then
encoded as PNG too, by each side in its usual way (fast here, Pillow's default there).
"""

from __future__ import annotations

import argparse
import io
import time
from collections.abc import Callable, Sequence

import cv2
import numpy as np
from PIL import Image, ImageEnhance

from balatro.augment_dataset.generate import to_png
from balatro.augment_dataset.policy import draw_edition, draw_steps
from balatro.augment_dataset.settings import Settings
from balatro.augment_dataset.steps import Step
from balatro.augment_dataset.transforms import apply_steps
from balatro.config.modifiers import MODIFIERS
from balatro.render.deck import cells
from balatro.render.demo_deck import draw_demo_deck

COPIES = 10
ROUNDS = 3


def pictures(count: int, size: tuple[int, int]) -> list[np.ndarray]:
    """Cards of the demo deck over felt, (H, W, 3) uint8 RGB."""
    shown = []
    for body in cells(draw_demo_deck().known[:count], 2):
        alpha = body[..., 3:] / 255
        flat = body[..., :3] * alpha + np.array((38, 84, 72)) * (1 - alpha)
        shown.append(cv2.resize(flat.astype(np.uint8), size, interpolation=cv2.INTER_AREA))
    return shown


def plain(image: np.ndarray, rng: np.random.Generator) -> Image.Image:
    """What the plain loop does to a picture."""
    picture = Image.fromarray(image).rotate(rng.uniform(-10, 10), resample=Image.Resampling.BILINEAR)
    picture = ImageEnhance.Brightness(picture).enhance(rng.uniform(0.85, 1.15))
    return ImageEnhance.Contrast(picture).enhance(rng.uniform(0.85, 1.15))


def plain_png(image: np.ndarray, rng: np.random.Generator) -> bytes:
    coded = io.BytesIO()
    plain(image, rng).save(coded, "PNG")
    return coded.getvalue()


def per_second(action: Callable[[np.ndarray, int], object], images: Sequence[np.ndarray]) -> float:
    """Copies a second, the best of some rounds."""
    taken = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        for number, image in enumerate(images):
            for copy in range(COPIES):
                action(image, number * COPIES + copy)
        taken.append(time.perf_counter() - start)
    return len(images) * COPIES / min(taken)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=40)
    parser.add_argument("--size", default="142x190")
    args = parser.parse_args()
    cv2.setNumThreads(1)
    width, height = map(int, args.size.split("x"))
    images = pictures(args.pictures, (width, height))
    rng = np.random.default_rng(0)
    recipes = [draw_steps(rng, "Base", Settings()) for _ in range(len(images) * COPIES)]
    print(f"{args.size}, copies a second on one thread      pictures   with PNG")
    ours = per_second(lambda image, n: apply_steps(image, recipes[n]), images)
    coded = per_second(lambda image, n: to_png(apply_steps(image, recipes[n])), images)
    print(f"  balatro augment, all nine transforms   {ours:9.0f}  {coded:9.0f}")
    theirs = per_second(lambda image, n: plain(image, rng), images)
    theirs_coded = per_second(lambda image, n: plain_png(image, rng), images)
    print(f"  Pillow: rotate, brightness, contrast   {theirs:9.0f}  {theirs_coded:9.0f}")
    for edition in MODIFIERS[1:]:
        steps: tuple[Step, ...] = (draw_edition(rng, edition, Settings()),)
        drawn = per_second(lambda image, n, steps=steps: apply_steps(image, steps), images[:4])  # type: ignore[misc]
        print(f"  {'a new ' + edition:<39}{drawn:9.0f}")


if __name__ == "__main__":
    main()
