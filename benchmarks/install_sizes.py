"""What the program and each of its parts take on disk, as installed in this environment.

    python benchmarks/install_sizes.py

A part counts with all that it needs beyond the core; parts that are not installed here are told as such.
"""

from __future__ import annotations

import re
from importlib import metadata

from packaging.requirements import Requirement

from balatro.utils.extras import EXTRAS


def size(name: str) -> int:
    """Bytes of a distribution's files."""
    paths = [file.locate() for file in metadata.distribution(name).files or ()]
    return sum(path.stat().st_size for path in paths if path.is_file())


def needs(name: str, seen: set[str]) -> None:
    """Add an installed distribution and all that it needs."""
    name = re.sub(r"[-_.]+", "-", name).lower()
    try:
        requires = metadata.distribution(name).requires or []
    except metadata.PackageNotFoundError:
        return
    if name in seen:
        return
    seen.add(name)
    for requirement in map(Requirement, requires):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            needs(requirement.name, seen)


def main() -> None:
    core: set[str] = set()
    needs("balatro", core)
    print(f"core      {sum(map(size, core)) / 1e6:6.0f} MB  {len(core)} distributions")
    for extra, (names, purpose) in EXTRAS.items():
        part: set[str] = set()
        for name in names:
            needs(name, part)
        part -= core
        told = f"{sum(map(size, part)) / 1e6:6.0f} MB  {len(part)} distributions" if part else "not installed here"
        print(f"{extra:9s} {told}, {purpose}")


if __name__ == "__main__":
    main()
