"""`python -m balatro.build_dataset …` is `balatro capture …`."""

from balatro.cli.main import main

if __name__ == "__main__":
    main(prefix="capture")
