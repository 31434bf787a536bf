"""What can be asked for and by what it is done, read from files that an operator writes."""
