"""What is learned: tasks, classes, losses."""
