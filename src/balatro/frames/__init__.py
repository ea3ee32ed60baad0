"""A screen, a window, a video or a folder as frames, for capturing, watching and waiting alike."""
