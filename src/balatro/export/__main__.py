"""`python -m balatro.export …` is `balatro export …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="export")
