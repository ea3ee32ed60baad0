"""`python -m balatro.identify_card …` is `balatro identify …`."""

from balatro.cli import main

if __name__ == "__main__":
    main(prefix="identify")
