"""`python -m balatro.annotate_dataset …` is `balatro annotate …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="annotate")
