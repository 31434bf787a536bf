"""What is measured, a module each: how it is started with its fairest settings, and how its own client calls it."""
