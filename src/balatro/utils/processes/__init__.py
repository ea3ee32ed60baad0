"""Processes that run at the same time: locks between them, and whom Ctrl+C reaches."""
