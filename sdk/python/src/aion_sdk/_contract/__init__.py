"""What follows from proto/aion/v1 by `make generate`: nothing here is edited."""
