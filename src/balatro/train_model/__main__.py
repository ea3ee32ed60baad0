"""`python -m balatro.train_model …` is `balatro train …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="train")
