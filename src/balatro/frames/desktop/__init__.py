"""What the system tells of windows: whose they are, which one is meant, what lies over them, whether they are to be seen."""
