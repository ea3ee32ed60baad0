"""The small capture window, the regions drawn over the game, and the calibrator. Needs PySide6; nothing else imports this."""
