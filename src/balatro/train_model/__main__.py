"""`python -m balatro.train_model …` is `balatro train …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="train")
