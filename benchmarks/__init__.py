"""Measurements as ratios within one run: absolute figures move with the machine and the hour."""
