"""The networks, in torch: backbones, heads, the encoder, the locator, and the folder that training leaves behind."""
