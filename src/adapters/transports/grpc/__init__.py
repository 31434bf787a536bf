"""gRPC: the server, what it takes in and when, its health service."""
