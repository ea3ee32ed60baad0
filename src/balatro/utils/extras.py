"""The optional parts of the program, and how each is installed."""

from __future__ import annotations

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
    "ui": (("streamlit",), "to label cards in a browser"),
    "desktop": (("PySide6-Essentials", "mss", "pywinctl"), "to read the screen while you play"),
    "openvino": (("openvino",), "to run models that were exported to OpenVINO"),
    "video": (("av",), "to record what is watched"),
    "serve": (("fastapi", "uvicorn", "python-multipart", "websockets"), "to answer over the network"),
    "ray": (("ray",), "to read very many pictures on a cluster"),
}
"""The distributions of each part, and what it is for."""


def how_to_install(extra: str) -> str:
    """The command that installs a part, for an error message: `pip install -e ".[train]"` where the project lies."""
    return f'pip install -e ".[{extra}]" in the project\'s folder'
