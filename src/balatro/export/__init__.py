"""Models in other forms: for other programs, other runtimes, or smaller and faster."""
