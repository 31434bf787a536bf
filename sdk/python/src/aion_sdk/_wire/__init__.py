"""The only code that knows the generated messages: bytes in, public types out, and the other way round."""
