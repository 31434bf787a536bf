"""The front door: one pipeline and one set of handlers for every transport.

A transport turns its wire into a `Call` and gets back messages or one error of one tree. Everything that must hold for
every caller is a step of the pipeline, so that no transport can forget one.
"""
