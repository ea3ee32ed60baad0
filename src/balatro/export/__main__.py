"""`python -m balatro.export …` is `balatro export …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="export")
