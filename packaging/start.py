"""What the one-folder build runs: the command line, also in the processes that it starts of itself."""

import multiprocessing

from balatro.cli.start import start

if __name__ == "__main__":
    multiprocessing.freeze_support()
    start()
