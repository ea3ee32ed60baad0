"""`python -m balatro.render …` is `balatro art …`."""

from balatro.cli import main

if __name__ == "__main__":
    main(prefix="art")
