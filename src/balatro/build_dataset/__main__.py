"""`python -m balatro.build_dataset …` is `balatro capture …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="capture")
