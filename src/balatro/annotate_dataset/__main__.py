"""`python -m balatro.annotate_dataset …` is `balatro annotate …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="annotate")
