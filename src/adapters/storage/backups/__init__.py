"""Copies of a store and its secret, made and put back."""
