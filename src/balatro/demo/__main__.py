"""`python -m balatro.demo …` is `balatro demo …`."""

from balatro.cli import main

if __name__ == "__main__":
    main(prefix="demo")
