"""The optional parts of the program, and how each is installed beside the program as it was installed."""

from __future__ import annotations

import json
import sys
from importlib import metadata
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from balatro import __version__

EXTRAS = {
    "train": (
        (
            "torch",
            "torchvision",
            "timm",
            "onnx",
            "onnxscript",
            "lightning-fabric",
            "tensorboard",
            "matplotlib",
            "scikit-learn",
            "captum",
        ),
        "to train models",
    ),
    "ui": (("streamlit", "scikit-learn"), "to label cards in a browser"),
    "desktop": (("PySide6-Essentials", "mss", "pywinctl"), "to read the screen while you play"),
    "openvino": (("openvino",), "to run models that were exported to OpenVINO"),
    "video": (("av",), "to record what is watched, and to read streams"),
    "heic": (("pi-heif",), "to read the pictures of iPhones"),
    "serve": (("fastapi", "uvicorn", "python-multipart", "websockets"), "to answer over the network"),
    "ray": (("ray",), "to read very many pictures on a cluster"),
}
"""The distributions of each part, and what it is for."""


def how_to_install(extra: str = "") -> str:
    """The command that installs a part, or the program anew, for an error message.

    As the program itself was installed: `pip install -e ".[train]"` from its folder, `uv tool` or `pipx` where one of them
    keeps it, else pip with what it came from. A one-folder build takes no parts.
    """
    if getattr(sys, "frozen", False):  # PyInstaller's folder takes nothing in
        return f"install the program with pip instead of this folder, with the part {extra}" if extra else "unpack it anew"
    source, editable = _origin()
    part = f"[{extra}]" if extra else ""
    if editable:
        return f'pip install -e ".{part}" in {_folder(source)}'
    # Double quotes: what cmd, PowerShell and bash all understand.
    what = f'"balatro{part} @ {source}"' if source else f'"balatro{part}=={__version__}"'
    keeper = _keeper()
    if keeper == "uv":
        return f"uv tool install --force {what}"
    if keeper == "pipx":
        return f"pipx install --force {what}"
    return f"pip install {what}"


def _origin() -> tuple[str, bool]:
    """The address that this program was installed from, empty for a package index, and whether it runs from that folder."""
    try:
        told = metadata.distribution("balatro").read_text("direct_url.json")
        facts = json.loads(told) if told else {}
    except (metadata.PackageNotFoundError, ValueError):
        facts = {}
    return str(facts.get("url", "")), bool(facts.get("dir_info", {}).get("editable", False))


def _folder(source: str) -> str:
    """The project's folder of an editable install, as this system writes it."""
    return url2pathname(urlsplit(source).path)


def _keeper() -> str:
    """`uv` or `pipx` where one of them made this environment for the program alone, else empty."""
    if (Path(sys.prefix) / "uv-receipt.toml").is_file():
        return "uv"
    return "pipx" if (Path(sys.prefix) / "pipx_metadata.json").is_file() else ""
