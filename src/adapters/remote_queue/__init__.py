"""The WorkQueue port for a worker on another machine: the internal contract over gRPC, from the worker's end."""
