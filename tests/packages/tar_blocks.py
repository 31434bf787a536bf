"""Tars written block by block, as no library would write them."""

END = b"\0" * 1024


def header(name: bytes, size: int | bytes = 0, kind: bytes = b"0") -> bytes:
    block = bytearray(512)
    block[: len(name)] = name
    block[100:108] = b"0000644\0"
    block[124:136] = size if isinstance(size, bytes) else b"%011o\0" % size
    block[156:157] = kind
    block[257:265] = b"ustar\x0000"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block)


def extended(content: bytes, kind: bytes = b"x") -> bytes:
    return header(b"more", len(content), kind) + content.ljust(-(-len(content) // 512) * 512, b"\0")


FILE = header(b"x")
