"""What runs a trained model, without torch: its description, its networks, the locator."""
