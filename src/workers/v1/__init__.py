"""Generated from proto/aion/workers/v1 by `make generate`: do not edit."""
