"""`python -m balatro.render …` is `balatro art …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="art")
