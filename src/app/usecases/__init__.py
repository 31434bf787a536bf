"""One use case per RPC. Each takes the Caller first and knows ports only."""
