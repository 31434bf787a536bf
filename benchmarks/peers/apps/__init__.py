"""What the peers' own workers load: a function that returns its input."""
