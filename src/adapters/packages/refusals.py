"""Why a module was not packed, not taken or not found: one sentence that names the place, the fact and the remedy."""


class PackageRefused(ValueError):
    """The package, the layout or the request cannot be used; nothing was changed."""
