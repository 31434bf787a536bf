"""The ways in: a client for each that costs little, or that people use."""
