"""The command line: `main.py` puts the rooms' commands together; the commands that belong to no one room lie beside it."""
