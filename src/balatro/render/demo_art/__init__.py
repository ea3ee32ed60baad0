"""Our own pixel art: the pieces from which `demo_deck` draws cards. Everything is drawn from numbers; no picture is stored."""
