"""The files of a model's folder and of the package's weights, by name."""

from __future__ import annotations

MODEL_FILE = "model.json"
"""What a model is: its classes, thresholds, where it came from."""
ENCODER_FILE, LOCATOR_FILE = "model.onnx", "locator.onnx"
"""The two networks, in the form that a model is made in."""
GALLERY_FILE = "gallery.npz"
"""The views of a deck's cards, in a model that was not trained on them."""
WEIGHTS_FILE = "best_model.pth"
"""The same networks for torch: to train on from, to export from, to explain."""
ADDED_FILE, ADDED_PICTURES = "gallery_added.npz", "gallery_added"
"""The cards that were added by a picture, and these pictures. They stay when the model is trained anew."""
NETWORKS = ("model", "locator")
"""What the networks' files are called in any form, before the suffix."""
PACKAGE_ENCODER, PACKAGE_START, PACKAGE_ABOUT = "encoder.onnx", "start.pth", "weights.json"
"""In the package's weights: the encoder, what training starts from, what was measured. The locator is LOCATOR_FILE."""
REFINER_FILE = "refiner.onnx"
"""In the package's weights only: what fits corners to the cards of photographs. It knows no game, so no model has its own."""
