"""Many tasks from a file: what its lines ask for, how they are kept in flight, and what came of each."""
