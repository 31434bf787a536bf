"""What is another after modules were read anew, in sentences for whoever develops one."""

from aion.adapters.catalog.file_catalog import FileCatalog


def changes(before: FileCatalog, read: FileCatalog, now: FileCatalog) -> list[str]:
    """From `before` to `now`; `read` is what the folders said, broken or not."""
    old, new = ({package.engine: package for package in catalog.packages()} for catalog in (before, now))
    known = {module.engine: module.broken for module in before.modules()}
    found: list[str] = []
    for engine, package in new.items():
        if engine not in old:
            found.append(f"{engine} is new: {package.digest}")
        elif package.digest != old[engine].digest:
            found.append(f"{engine} is now {package.digest}")
        elif package.says() != old[engine].says():
            found.append(f"{engine} has a new manifest, schema or example")
    found += [f"{engine} is gone" for engine in old if engine not in new]
    for module in read.modules():
        if module.broken and known.get(module.engine) != module.broken:
            stays = "; what served before goes on" if module.engine in new else ""
            found.append(f"{module.engine} is broken: {module.broken}{stays}")
    return found
