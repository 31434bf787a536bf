"""The error numbers of WASI preview 1 that a guest can see here."""

SUCCESS = 0
BADF = 8
FAULT = 21
INVAL = 28
NOSYS = 52
SPIPE = 70
