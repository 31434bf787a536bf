"""What builds and guards the project: code generation and the gates of `make check`. No part of a wheel."""
