"""The wires: each turns its own into calls of the pipeline, and answers back."""
