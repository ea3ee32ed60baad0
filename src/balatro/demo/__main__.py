"""`python -m balatro.demo …` is `balatro demo …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="demo")
