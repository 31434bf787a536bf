"""aionctl, AION's command line, a thin user of aion_sdk.

Data goes to stdout, words to stderr, the outcome to the exit code.
"""
