"""Where the facts of the outbox go."""
