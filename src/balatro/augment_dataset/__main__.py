"""`python -m balatro.augment_dataset …` is `balatro augment …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="augment")
