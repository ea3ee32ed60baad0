"""`python -m balatro.identify_card …` is `balatro identify …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="identify")
