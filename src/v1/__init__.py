"""Generated from proto/aion/v1 by `make generate`: do not edit."""
