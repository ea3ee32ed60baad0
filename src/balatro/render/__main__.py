"""`python -m balatro.render …` is `balatro art …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="art")
