"""`python -m balatro` is `balatro`."""

from balatro.cli.main import main

main()
