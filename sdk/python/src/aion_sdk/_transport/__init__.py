"""Bytes over a grpc channel, once for asyncio and once for threads; every failure leaves as an AionError."""
