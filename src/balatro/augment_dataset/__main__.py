"""`python -m balatro.augment_dataset …` is `balatro augment …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="augment")
