"""`python -m balatro.demo …` is `balatro demo …`."""

from balatro.cli.start import start

if __name__ == "__main__":
    start(prefix="demo")
