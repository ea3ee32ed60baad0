"""`python -m balatro.identify_card …` is `balatro identify …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="identify")
