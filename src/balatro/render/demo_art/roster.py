"""What the 202 named cards of the demo deck show: rows of siblings, and what sets their cards apart."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DECK_WORD = "FOLLY"


@dataclass(frozen=True)
class Row:
    """Siblings: the kind of card, what all of them share, and for each name what only it has."""

    kind: str
    cards: Mapping[str, Mapping[str, Any]]
    shared: Mapping[str, Any] = field(default_factory=dict)
    varied: tuple[str, ...] = ()
    type: str = "Joker"
    rarity: str = ""
    floats: Mapping[str, Any] | None = None


def _bust(hat: str, **more: Any) -> dict[str, Any]:
    return {"subject": "bust", "hat": hat, **more}


def _beast(ears: str, muzzle: str, **more: Any) -> dict[str, Any]:
    return {"subject": "creature", "creature": "beast", "ears": ears, "muzzle": muzzle, **more}


def _animal(name: str, **more: Any) -> dict[str, Any]:
    return {"subject": "creature", "creature": name, **more}


def _thing(name: str, **more: Any) -> dict[str, Any]:
    return {"subject": "object", "object": name, **more}


_WHITE = {"mood": "bright", "labelled": True, "minis": False, "badge": False, "style": ("rim", True)}
CLEAN = {"minis": False, "badge": False, "style": ("rim", True)}

ROSTER: tuple[Row, ...] = (
    Row(
        "figure",
        {
            f"{name} Busker": {"minis count": count}
            for count, name in enumerate(("Solo", "Duo", "Trio", "Quartet", "Quintet"), 1)
        },
        _bust(
            "cap",
            head="round",
            hair="curls",
            collar="scarf",
            mouth="grin",
            eyes="happy",
            nose="red",
            brooch=False,
            skin=1,
            **{**_WHITE, "minis": True},
        ),
    ),
    Row(
        "figure",
        {
            f"{name} Harlequin": {"hue": hue}
            for name, hue in (("Rose", 0.95), ("Teal", 0.47), ("Amber", 0.1), ("Violet", 0.75), ("Azure", 0.58))
        },
        _bust(
            "party",
            head="round",
            hair="none",
            collar="ruff",
            mouth="laugh",
            eyes="ovals",
            nose="red",
            brooch=False,
            skin=0,
            **_WHITE,
        ),
    ),
    Row(
        "figure_in_tone",
        {
            f"Keeper of {name}": {"tone": tone, "pattern": pattern}
            for name, tone, pattern in (
                ("Embers", (0.03, 0.75, 0.52), "zigzag"),
                ("Tides", (0.57, 0.6, 0.46), "waves"),
                ("Moss", (0.38, 0.45, 0.42), "leaves"),
                ("Dusk", (0.74, 0.5, 0.5), "stars"),
            )
        },
        _bust("hood", head="long", mouth="smirk", eyes="glow", collar="robe", labelled=True, halo="none", **CLEAN),
    ),
    Row(
        "figure",
        {
            "The Lecturer": _bust("scholar", skin=1, eyes="specs", collar="suit", head="long"),
            "Dusty Sheriff": _bust("cowboy", eyes="angry", hue=0.08, skin=2, mouth="moustache", collar="scarf", head="square"),
            "Captain Mildew": _bust("tricorn", hue=0.97, skin=1, eyes="patch", mouth="beard", collar="cape", head="round"),
            "Chef Gristle": _bust("chef", eyes="happy", skin=1, mouth="moustache", collar="overalls", head="round"),
            "Salty Deckhand": _bust("sailor", eyes="dots", hue=0.58, skin=3, mouth="smirk", collar="jumper", head="square"),
            "The Old Vizier": _bust("turban", skin=2, mouth="beard", eyes="sleepy", collar="robe", head="long"),
            "Paper King": _bust("crown", skin=0, mouth="line", eyes="ovals", collar="cape", head="heart"),
            "Attic Magus": _bust("wizard", skin=1, mouth="beard", eyes="wide", collar="robe", head="round"),
            "Tin Squire": _bust("helmet", skin=2, mouth="smile", collar="armour", head="round", eyes="dots"),
        },
        {**_WHITE, "hair": "none", "nose": "long", "brooch": False},
        ("colours", "cheeks", "hair colour"),
    ),
    Row(
        "figure",
        {
            "Halo Harriet": _bust("halo", skin=1, hair="long", mouth="smile", eyes="happy", collar="bib"),
            "Horned Butler": _bust("horns", skin=4, mouth="fang", eyes="angry", collar="suit", hair="none"),
            "Propeller Kid": _bust("propeller", skin=2, mouth="tongue", eyes="wide", collar="jumper", hair="bob"),
            "Garret Painter": _bust("beret", skin=3, mouth="smirk", eyes="sleepy", collar="scarf", hair="bob"),
            "Auntie Bloom": _bust("flowers", skin=1, mouth="lips", eyes="ovals", collar="feathers", hair="curls"),
            "Top-Floor Baron": _bust("top", skin=1, mouth="moustache", eyes="shades", collar="suit", hair="none"),
            "Weeping Bride": _bust("flowers", skin=5, mouth="frown", eyes="tears", collar="ruff", hair="long"),
        },
        {**_WHITE, "head": "round", "brooch": False},
        ("colours", "hair colour"),
    ),
    Row(
        "figure",
        {
            "Clerk Unit": {"hue": 0.47, "hat": "bare", "eyes": "dots"},
            "Brass Valet": {"hat": "bowler", "eyes": "monocle"},
            "Rusty Nanny": {"hat": "flowers", "eyes": "sleepy"},
        },
        {"subject": "bust", "head": "robot", "mouth": "zip", "nose": "none", "collar": "armour", **_WHITE},
        ("colours",),
    ),
    Row(
        "figure",
        {
            "Gourd Lord": {
                "gourd": ((190, 96, 40), (240, 148, 56), (255, 196, 100)),
                "hue": 0.36,
                "head": "pumpkin",
                "hat": "crown",
                "collar": "cape",
                "mouth": "grin",
                "eyes": "sockets",
            },
            "Breakfast Baron": {"head": "egg", "hat": "top", "collar": "bib", "mouth": "smile", "eyes": "dots"},
            "Moonface Mabel": {
                "skin": 7,
                "head": "moon",
                "hat": "bare",
                "collar": "feathers",
                "mouth": "smirk",
                "eyes": "sleepy",
            },
            "Hothead": {
                "hue": 0.03,
                "skin": 1,
                "head": "flame",
                "hat": "bare",
                "collar": "suit",
                "mouth": "frown",
                "eyes": "angry",
            },
            "Starlet": {"skin": 7, "head": "star", "hat": "bare", "collar": "feathers", "mouth": "lips", "eyes": "stars"},
            "Aquarist": {"head": "fishbowl", "hat": "bare", "collar": "suit"},
        },
        {"subject": "bust", "nose": "none", **_WHITE},
        ("colours",),
    ),
    Row(
        "figure",
        {
            "Late Uncle": {"hat": "top"},
            "Late Aunt": {"hat": "flowers"},
        },
        {
            "subject": "bust",
            "head": "skull",
            "eyes": "sockets",
            "mouth": "line",
            "nose": "triangle",
            "collar": "suit",
            **_WHITE,
        },
    ),
    Row(
        "figure",
        {
            f"{name} Cat": {"hue": hue, "eyes": eyes}
            for name, hue, eyes in (
                ("Morning", 0.1, "round"),
                ("Noon", 0.05, "slit"),
                ("Dusk", 0.75, "sleepy"),
                ("Midnight", 0.62, "big"),
            )
        },
        _beast(
            "pointed",
            "cat",
            coloured=True,
            collared=True,
            collar="ruff",
            markings="stripes",
            hatted=False,
            horned=False,
            **_WHITE,
        ),
    ),
    Row(
        "figure",
        {
            "Rabbit Notary": _beast("long", "whiskers", eyes="ring", markings="plain", collar="suit"),
            "Fox Advocate": _beast("pointed", "snout", hue=0.06, markings="blaze", collar="scarf", eyes="slit"),
            "Bear Cellist": _beast("round", "snout", hue=0.07, markings="plain", collar="suit", eyes="dot"),
            "Pig Magnate": _beast("floppy", "pig", markings="plain", collar="suit", hatted=True, hat="top", eyes="dot"),
            "Elephant Clerk": _beast("wide", "trunk", markings="plain", collar="bib", eyes="sleepy", hue=0.6),
            "Frog Regent": _beast(
                "none", "wide", hue=0.34, hatted=True, hat="crown", collar="cape", eyes="big", markings="plain"
            ),
        },
        {**_WHITE, "coloured": True, "collared": True},
        ("colours", "hatted"),
    ),
    Row(
        "figure_on_ground",
        {
            "Clockwork Heron": {"cogs": True, "pattern": "circuit"},
            "Marsh Heron": {"tone": (0.48, 0.35, 0.5), "cogs": False, "pattern": "water"},
        },
        _animal("heron", halo="white", **CLEAN),
        ("colours", "ground"),
    ),
    Row(
        "figure",
        {
            "Tin Sardine": {"hue": 0.58, "banded": False},
            "Golden Carp": {"hue": 0.11, "banded": False},
            "Striped Perch": {"hue": 0.36, "banded": True},
        },
        _animal("fish", **_WHITE),
    ),
    Row(
        "figure_on_ground",
        {"Snail Courier": {"pattern": "leaves"}, "Snail Express": {"pattern": "rays"}},
        _animal("snail", halo="white", **CLEAN),
        ("colours",),
    ),
    Row(
        "figure",
        {
            f"{name} Moth": {"hue": hue, "spots": spots}
            for name, hue, spots in (("Ember", 0.03, 5), ("Frost", 0.55, 3), ("Fern", 0.36, 4))
        },
        _animal("moth", **_WHITE),
    ),
    Row(
        "figure",
        {
            f"{name} Beetle": {"hue": hue, "shell": shell}
            for name, hue, shell in (("Ladder", 0.4, "bars"), ("Button", 0.0, "spots"))
        },
        _animal("beetle", **_WHITE),
    ),
    Row(
        "figure_in_tone",
        {
            "Owl of One": {"pupils": 2, "tone": (0.09, 0.45, 0.48)},
            "Owl of Two": {"pupils": 3, "tone": (0.45, 0.4, 0.45)},
            "Owl of Three": {"pupils": 4, "tone": (0.9, 0.4, 0.52)},
        },
        _animal("owl", labelled=True, pattern="scales", halo="none", **CLEAN),
    ),
    Row(
        "figure_on_ground",
        {
            "Eight-Handed Dealer": _animal("octopus", hatted=True, hat="top", pattern="waves"),
            "Toll Crab": _animal("crab", pattern="dots"),
            "Paper Lantern Jelly": _animal("jellyfish", pattern="gradient"),
            "Vault Turtle": _animal("turtle", pattern="contours"),
            "Garden Serpent": _animal("serpent", tone=(0.36, 0.45, 0.4), hue=0.13, pattern="leaves"),
            "Borrowed Whale": _animal("whale", tone=(0.52, 0.45, 0.6), hue=0.64, pattern="water"),
            "Belfry Bat": _animal("bat", pattern="stars"),
        },
        {"halo": "white", "labelled": True, **CLEAN},
        ("colours", "ground"),
    ),
    Row(
        "figure_on_ground",
        {
            "Bottomless Teapot": _thing("teapot", pattern="argyle"),
            "Loaned Hour": _thing("hourglass", pattern="rings"),
            "Restless Potion": _thing("potion", pattern="contours", flask="round"),
            "Cellar Lantern": _thing("lantern", tone=(0.02, 0.4, 0.4), pattern="bricks"),
            "Polite Sword": _thing("sword", pattern="rays"),
            "Indoor Umbrella": _thing("umbrella", tone=(0.14, 0.7, 0.62), pattern="stripes"),
            "Skeleton Key": _thing("key", pattern="maze"),
            "Honest Die": _thing("die", pattern="checker"),
            "Pocket Toadstool": _thing("mushroom", pattern="leaves", cap="spots"),
            "Sleepy Cactus": _thing("cactus", pattern="gradient"),
            "Left Boot": _thing("boot", hue=0.06, pattern="plaid"),
            "Birthday Arson": _thing("cake", tone=(0.93, 0.55, 0.76), hue=0.5, pattern="confetti", tiers=3, mood="bright"),
            "Sunken Anchor": _thing("anchor", tone=(0.57, 0.5, 0.42), hue=0.08, pattern="water"),
            "Uncut Gem": _thing("gem", tone=(0.75, 0.3, 0.4), pattern="cells"),
            "Forbidden Cookbook": _thing("book", pattern="tiles"),
            "Late Alarm": _thing("clock", pattern="zigzag"),
            "Runaway Balloon": _thing("balloon", tone=(0.56, 0.6, 0.74), hue=0.98, mood="bright", pattern="clouds"),
            "Bright Idea": _thing("lamp", pattern="rays", glow=((190, 128, 40), (240, 196, 80), (255, 240, 170))),
            "Mourning Lute": _thing("lute", tone=(0.62, 0.3, 0.36), hue=0.06, mood="warm", pattern="wood"),
            "Weekend Rocket": _thing("rocket", hue=0.0, pattern="stars"),
            "Spiral Sweet": _thing("sweet", sweet="swirl", pattern="dots"),
        },
        {"halo": "white", "labelled": True, **CLEAN},
        ("colours", "ground", "marks", "sign"),
    ),
    Row(
        "figure",
        {
            "Whole Heart": {"state": "whole"},
            "Cracked Heart": {"state": "crack"},
            "Struck Heart": {"state": "arrow"},
        },
        _thing("heart", stuff=((168, 44, 62), (228, 82, 78), (255, 148, 118)), **_WHITE),
    ),
    Row(
        "figure", {f"{name} Fingers": {"fingers": count} for name, count in (("Two", 2), ("Five", 5))}, _thing("hand", **_WHITE)
    ),
    Row("figure", {"Turnip Count": {"hue": 0.85}, "Carrot Viscount": {"hue": 0.07}}, _thing("root", face=True, **_WHITE)),
    Row(
        "figure_in_scene",
        {
            "Lost Tourist": {**_bust("cap", skin=1, eyes="specs", collar="jumper"), "scene": "desert"},
        },
        {"halo": "white", "head": "round", **CLEAN},
        ("colours",),
    ),
    Row(
        "scene",
        {
            "Long Way Home": {"scene": "road", "hour": "dusk"},
            "Night Ferry": {"scene": "sea", "hour": "night", "sight": "ship"},
            "Keeper's Light": {"scene": "sea", "hour": "storm", "sight": "lighthouse"},
            "Castle for Rent": {"scene": "castle", "hour": "day", "towers": 2},
            "Unlit Avenue": {"scene": "city", "hour": "lilac"},
            "Thin Ice": {"scene": "mountains", "hour": "aurora"},
            "Four Sails": {"scene": "meadow", "hour": "dawn", "windmill": True},
            "Campfire Oath": {"scene": "forest", "fire": True},
            "Empty Theatre": {"scene": "room", "window": "stage", "table": True},
            "Spare Planets": {"scene": "space", "worlds": 3},
            "Sunday Village": {"scene": "village", "hour": "day"},
        },
        {"toned scene": False, "labelled": True},
        ("place", "land", "sky", "colours"),
    ),
    Row(
        "ticket",
        {
            "Platform Ticket": {},
        },
        {},
        ("colours", "sign", "number"),
    ),
    Row("ballot", {"Open Ballot": {"tick": "cross"}, "Punched Ballot": {"tick": "hole"}}, {"mood": "cold"}, ("chosen",)),
    Row("letter", {"Forwarded Letter": {}}),
    Row("certificate", {"Diploma of Idleness": {}}, {"mood": "warm"}),
    Row("licence", {"Pilot's Licence": {}}, {"mood": "cold"}),
    Row("bank_card", {"Maxed-Out Card": {}}, {"pattern": "flow"}),
    Row("todo", {"Shopping List": {"done": 2}, "Finished List": {"done": 6}}, {"paper": (252, 246, 170)}),
    Row(
        "trading_card",
        {
            "Rookie Year": _bust("cap"),
        },
        CLEAN,
        ("colours",),
    ),
    Row("newspaper", {"Morning Edition": {}}),
    Row(
        "road_sign",
        {
            "No Fishing": {"sign": "fish", "arrow": False},
        },
        {},
        ("colours",),
    ),
    Row(
        "chart",
        {
            "Growth Forecast": {"chart": "line"},
        },
        {},
        ("colours",),
    ),
    Row(
        "plain",
        {
            "Nothing to Declare": {"place": "middle", "badge": False},
        },
        {"mood": "bright"},
        ("colours",),
    ),
    Row(
        "silhouette",
        {"Wanted Nobody": _bust("top", split="half"), "Behind the Curtain": _bust("tricorn", split="glow")},
        CLEAN,
    ),
    Row(
        "hole",
        {"Absent Friend": _bust("bowler", cut="figure", collar="suit"), "Torn Invitation": _bust("flowers", cut="torn")},
        CLEAN,
    ),
    Row("glitch", {"Bad Reception": _bust("antennae", filled=False, mood="bright")}, CLEAN),
    Row(
        "textured",
        {"Cobble Face": {"stuff": "stone"}, "Gilded Face": {"stuff": "gold"}},
        {**_bust("helmet"), **CLEAN, "carved": True},
    ),
    Row(
        "line_art",
        {
            "Chalk Outline": {"board": ((58, 92, 80), (255, 255, 255))},
            "Patent Pending": {"board": ((70, 96, 200), (210, 224, 255))},
        },
        {**_thing("rocket"), **CLEAN},
    ),
    Row("rainbow", {"Oil Spill": _animal("whale")}, CLEAN),
    Row("inverted", {"Under the X-Ray": _bust("bare", head="skull", eyes="sockets")}, CLEAN),
    Row("trio", {"Penny Choir": _beast("round", "snout", filled=False, mood="bright", copies=5)}, CLEAN),
    Row(
        "court",
        {
            "Divided Queen": _bust(
                "crown", hair="long", collar="robe", mouth="lips", skin=1, eyes="sleepy", head="round", mood="bright", sash=1
            )
        },
        CLEAN,
    ),
    Row(
        "legend",
        {
            "Ormolu": _bust(
                "crown", hue=0.12, eyes="ovals", mouth="grin", mood="bright", collar="ruff", plate="ORMOLU", skin=0
            ),
            "Velisande": _bust(
                "flowers", hue=0.76, eyes="sleepy", mouth="lips", hair="long", collar="cape", plate="VELISANDE", skin=2
            ),
            "Quillon": _bust("helmet", hue=0.55, collar="armour", plate="QUILLON", skin=1),
            "Tamarisk": _bust("turban", hue=0.38, mouth="smirk", mood="bright", collar="robe", plate="TAMARISK", skin=3),
            "Bexley": _bust(
                "bells", hue=0.95, mouth="grin", eyes="ovals", mood="bright", collar="points", plate="BEXLEY", skin=0
            ),
        },
        {**CLEAN, "head": "round"},
        ("colours", "veins", "eyes", "mouth"),
        rarity="Legendary",
    ),
    Row("pattern", {"Projection": {"pattern": "graph"}}, {"mood": "dark"}, floats=_bust("wizard")),
)

UNUSUAL: tuple[Row, ...] = (
    Row(
        "chunky",
        {
            "Quarter Portrait": _bust(
                "cap", head="round", collar="bib", eyes="ovals", mouth="grin", hair="none", skin=1, block=2
            )
        },
        {**_WHITE},
    ),
    Row(
        "figure",
        {"Half a Colonel": _bust("cowboy", head="round", mouth="moustache", hair="none", skin=1, eyes="monocle", nose="red")},
        {**_WHITE},
    ),
    Row(
        "photo",
        {
            "Holiday Snap": _bust(
                "sailor", mouth="grin", head="round", eyes="happy", skin=1, collar="jumper", backdrop=False, mood="bright"
            )
        },
        {**CLEAN},
    ),
)
SHAPES = (((1.0, 0.747), 71), ((1.0, 1 / 1.7), 56), ((1.0, 1 / 1.2), 79))
TWIN = ("Pocket Harlequin", "Rose Harlequin")

_ARCANA = (
    ("Debtor", _bust("bowler")),
    ("Juggler", _bust("party", collar="ruff")),
    ("Weaver", _animal("moth")),
    ("Matron", _bust("crown", hair="long")),
    ("Landlord", _bust("top", mouth="beard")),
    ("Pilgrim", _bust("hood")),
    ("Wager", _thing("cards")),
    ("Ferry", _thing("ship")),
    ("Chalice", _thing("cup")),
    ("Lantern", _thing("lantern")),
    ("Compass", _thing("compass")),
    ("Patience", _animal("turtle")),
    ("Belfry", _animal("bat")),
    ("Harvest", _bust("bare", head="skull", eyes="sockets")),
    ("Measure", _thing("hourglass")),
    ("Tempter", _beast("floppy", "flat", horned=True)),
    ("Drummer", _thing("drum")),
    ("Beacon", {**_thing("candle"), "backdrop": "rays"}),
    ("Tide", _animal("jellyfish")),
    ("Noon", _bust("bare", head="star")),
    ("Summons", _thing("bell")),
    ("Orchard", _thing("fruit")),
)
_WORLDS = ("Aldoren", "Brisk", "Cindral", "Dole", "Ettamar", "Fenwick", "Gloam", "Hesper", "Isk", "Jasper", "Karrow", "Lull")
_VISIONS = {
    "Whisper": {"swirl": "marble", "centre": "ghost", **_bust("hood", head="long", mouth="o", eyes="glow")},
    "Undertow": {"swirl": "flow", "centre": "none"},
    "Cipher": {"swirl": "argyle", "centre": "sign", "sign": "key"},
    "Mirage": {"swirl": "contours", "centre": "outline", **_thing("cactus")},
    "Lacuna": {"swirl": "rings", "centre": "none"},
    "Vigil": {"swirl": "rays", "centre": "figure", **_thing("candle", candles=3)},
    "Cinder": {"swirl": "lightning", "centre": "sign", "sign": "flame"},
    "Oracle": {"swirl": "spiral", "centre": "eye"},
    "Fathom": {"swirl": "flow", "centre": "figure", **_animal("whale")},
    "Reverie": {"swirl": "marble", "centre": "figure", **_animal("moth")},
    "Sever": {"swirl": "lightning", "centre": "figure", **_thing("sword")},
    "Hollow": {"swirl": "contours", "centre": "figure", **_bust("bare", head="skull", eyes="sockets", collar="robe")},
    "Tremor": {"swirl": "contours", "centre": "none"},
    "Mandala": {"swirl": "rings", "centre": "diamonds"},
    "Wisp": {"swirl": "spiral", "centre": "figure", **_animal("jellyfish")},
    "Augur": {"swirl": "rays", "centre": "figure", **_animal("owl")},
    "Rapture": {"swirl": "spiral", "centre": "sign", "sign": "sun"},
    "Eclipse": {"swirl": "rays", "centre": "eye"},
}
_COMPANY = ("none", "ring", "moon", "belt", "rings", "none", "upright", "moons", "none", "none", "ring", "belt")
_RADII = (10, 16, 19, 8, 16, 13, 21, 13, 8, 10, 19, 16)
_SURFACES = ("craters", "bands", "seas", "cracked", "bands", "swirl", "swirl", "plain", "craters", "seas", "bands", "cracked")


def framed_rows() -> tuple[Row, ...]:
    """The rows of arcana, worlds and visions."""
    arcana = {name: {"plate": name.upper(), "numeral": number, **more} for number, (name, more) in enumerate(_ARCANA, 1)}
    worlds = {
        name: {
            "plate": name.upper().replace("'", ""),
            "company": _COMPANY[n],
            "radius": _RADII[n],
            "kind": _SURFACES[n],
            "cards": 1 + n % 5,
        }
        for n, name in enumerate(_WORLDS)
    }
    visions = {name: {"plate": name.upper(), **more} for name, more in _VISIONS.items()}
    style = {"style": ("rim", True), "minis": False, "badge": False}
    return (
        Row("tarot", arcana, {"ink": (0.03, 0.42, 0.52), **style}, ("*",), "Tarot"),
        Row("planet", worlds, {"frame hue": 0.7}, ("*",), "Planet"),
        Row("spectral", visions, {"vision hue": 0.49, "vision shift": 0.51, **style}, ("*",), "Spectral"),
    )
