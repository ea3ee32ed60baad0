"""The labels of a dataset: what there is, every edit of it, and undo."""
