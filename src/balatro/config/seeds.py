"""Seeds that keep apart what is drawn for different purposes: what a model is measured on, it never saw."""

from __future__ import annotations

DEMO_SEED = 31_337
"""The demo's screens have seeds that begin with this number; training's never do."""
OUTSIDER_SEED = 90_001
"""Invented outsiders come from a seed of their own, apart from those of pretraining (the run's) and of calibration."""
OTHER_OUTSIDERS = 90_002
"""The seed of invented cards that are strangers to a trained deck and to its outsiders."""
LOOK_SEED = 1_000_003
"""Added to a run's seed: the drawn screens that it looks at before training are none of those that it trains on."""
SCREEN_SEED = 3_000_001
"""Added to a run's seed: the drawn screens that validate are none of those that it trains on or is calibrated with."""
STRANGERS_SEED = 4_000_003
"""The invented cards beside which added cards are measured; neither training nor any demo deck takes them."""
HELD_OUT_SEED = 7_000_001
"""Added to a run's seed: the drawn screens that calibrate are no training screens."""
OWN_SCREENS_SEED = 8_000_001
"""Screens of a model's own deck, to time and check it on: none of training, of its calibration, or of a gallery's."""
HIGHEST_SEED = 2**63 - 1
"""That a person may give: the highest whole number of 64 bits with a sign."""
