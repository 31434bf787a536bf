"""`make bench-growth`: what a store costs once very many tasks lie in it."""
