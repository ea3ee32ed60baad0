"""`python -m balatro` is `balatro`."""

from balatro.cli.start import start

start()
