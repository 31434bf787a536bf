"""Where tasks live: the embedded store, one SQLite file with one owner."""
