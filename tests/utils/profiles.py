"""ICC profiles for tests: a colour space of three primaries and one gamma."""

from __future__ import annotations

import struct

DISPLAY_P3 = ((0.51512, 0.24120, -0.00105), (0.29198, 0.69225, 0.04189), (0.15710, 0.06657, 0.78407))
"""Its primaries in XYZ, adapted to D50 as profiles give them."""
ADOBE_RGB = ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457))


def rgb_profile(name: str, primaries: tuple[tuple[float, float, float], ...] = DISPLAY_P3, gamma: float = 2.2) -> bytes:
    """A matrix profile of version 2 (ICC.1:2001-04, 6.3.1.2)."""
    curve = b"curv" + struct.pack(">4xIH", 1, round(gamma * 256))
    tags = {
        b"desc": b"desc" + struct.pack(">4xI", len(name) + 1) + name.encode() + bytes(1 + 4 + 4 + 2 + 1 + 67),
        b"wtpt": _xyz(0.9642, 1.0, 0.8249),
        b"rXYZ": _xyz(*primaries[0]), b"gXYZ": _xyz(*primaries[1]), b"bXYZ": _xyz(*primaries[2]),
        b"rTRC": curve, b"gTRC": curve, b"bTRC": curve,
    }  # fmt: skip
    place, table, body = 128 + 4 + 12 * len(tags), struct.pack(">I", len(tags)), b""
    for sign, data in tags.items():
        data += bytes(-len(data) % 4)
        table += sign + struct.pack(">II", place + len(body), len(data))
        body += data
    size = place + len(body)
    head = struct.pack(">I4xI4s4s4s12x4s28x", size, 0x02400000, b"mntr", b"RGB ", b"XYZ ", b"acsp")
    head += struct.pack(">iii", *(round(v * 65536) for v in (0.9642, 1.0, 0.8249)))
    return head + bytes(128 - len(head)) + table + body


def _xyz(*values: float) -> bytes:
    return b"XYZ " + struct.pack(">4xiii", *(round(value * 65536) for value in values))
