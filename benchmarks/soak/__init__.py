"""Load that lasts: what AION promises over a quarter of an hour, in a burst, and beside a noisy tenant."""
