"""The report at the end of a training run: one page, its pictures, and the numbers as JSON."""

from balatro.train_model.score.report.write import CLASSIFICATION, PAGE, write_report

__all__ = ["CLASSIFICATION", "PAGE", "write_report"]
