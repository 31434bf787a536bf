"""The protoc plugin that writes the types of the TypeScript SDK from the contract.

For each file of the contract it writes one of TypeScript: enums as unions of strings, messages as plain readonly
objects with a function that reads them off the wire, what clients send as objects with a function that writes them.
Comments come along. The messages themselves are protoc-gen-es's; no user of the SDK ever meets one.
"""
