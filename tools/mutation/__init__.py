"""Changes AION's source in small ways, one at a time, and sees whether a test notices."""
