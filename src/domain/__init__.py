"""What AION is about, without any technology: frozen values and pure functions of the standard library only."""
