"""Messages as JSON: AION's canonical form of protobuf's, written and read strictly."""
