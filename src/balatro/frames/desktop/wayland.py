"""Wayland shows no program what others draw; who is there on X11 sees a server (Xwayland) that has no picture of the screen."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from typing import Any

NOT_ALLOWED = (
    "Wayland lets no program read the screen by itself; log in to an X11 (Xorg) session, or let OBS show the game in its "
    "virtual camera and take --source camera:0"
)


def is_wayland(env: Mapping[str, str] = os.environ) -> bool:
    """Whether the screen belongs to Wayland: another X11 server, such as a nested one, is still to be read."""
    if not sys.platform.startswith("linux") or not env.get("WAYLAND_DISPLAY"):
        return False
    return not env.get("DISPLAY") or _is_xwayland()


def _is_xwayland() -> bool:
    """Xwayland names itself among its extensions, older ones (before 23.1) by their outputs."""
    from Xlib import display, error

    try:
        server = display.Display()
    except (error.DisplayError, OSError):
        return True
    try:
        return bool(server.has_extension("XWAYLAND")) or any(name.startswith("XWAYLAND") for name in _outputs(server))
    finally:
        server.close()


def _outputs(server: Any) -> list[str]:
    """The names of its monitors' plugs."""
    told = server.screen().root.xrandr_get_screen_resources_current()
    return [server.xrandr_get_output_info(output, told.config_timestamp).name for output in told.outputs]
