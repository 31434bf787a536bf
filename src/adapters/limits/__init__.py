"""How much one caller may ask, kept in this process."""
