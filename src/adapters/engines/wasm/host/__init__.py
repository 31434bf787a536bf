"""The host process: runs guests for a supervisor. Start it as a program; nothing here is for the serving process."""
