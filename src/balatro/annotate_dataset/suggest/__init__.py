"""What a model says of pictures: suggestions, the queue, doubtful labels, and what corrections teach it."""
