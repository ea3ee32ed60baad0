"""`python -m balatro` is `balatro`."""

from balatro.cli import main

main()
