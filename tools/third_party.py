"""Fills third_party/ with the .proto files that the contract imports, from packages that are installed
anyway.

google/api and google/rpc are text in the wheel googleapis-common-protos. buf/validate/validate.proto is in no
Python package as text, so it is printed from the descriptor inside the wheel protovalidate, compiled again
and refused unless the same descriptor comes out. Nothing is downloaded, nothing is committed.
"""

import importlib.metadata
import shutil
import tempfile
from pathlib import Path

from google.protobuf import descriptor_pb2
from grpc_tools import protoc

from aion.contract import validate_pb2
from tools.proto_printer import print_file

FOLDER = Path("third_party")
GOOGLE = (
    "google/api/annotations.proto",
    "google/api/field_behavior.proto",
    "google/api/http.proto",
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
)
VALIDATE = "buf/validate/validate.proto"


class PrintedWrong(Exception):
    """What was printed is not the descriptor that the validator enforces."""


def versions() -> str:
    """Return what the folder's content depends on."""
    wheels = ("googleapis-common-protos", "protovalidate")
    return "\n".join([f"{wheel} {importlib.metadata.version(wheel)}" for wheel in wheels] + list(GOOGLE)) + "\n"


def print_validate(root: Path) -> None:
    """Write validate.proto below `root` and prove that it says what the validator's descriptor says."""
    want = descriptor_pb2.FileDescriptorProto()
    validate_pb2.DESCRIPTOR.CopyToProto(want)
    target = root / VALIDATE
    target.parent.mkdir(parents=True)
    wheel = f"protovalidate {importlib.metadata.version('protovalidate')}"
    target.write_text(
        f"// Printed from the descriptor in the wheel {wheel} (Apache-2.0). Do not edit.\n" + print_file(want)
    )
    with tempfile.TemporaryDirectory() as folder:
        image = Path(folder, "image.binpb")
        bundled = Path(protoc.__file__).parent / "_proto"
        if protoc.main(["protoc", f"-I{root}", f"-I{bundled}", f"--descriptor_set_out={image}", VALIDATE]):
            raise PrintedWrong(f"{target} does not compile; compare it with {wheel}")
        got = descriptor_pb2.FileDescriptorSet.FromString(image.read_bytes()).file[0]
    if got.SerializeToString(deterministic=True) != want.SerializeToString(deterministic=True):
        raise PrintedWrong(f"{target} differs from the descriptor in {wheel}")


def fill(folder: Path = FOLDER) -> None:
    """Fill the folder unless it already holds what the installed packages give."""
    stamp = folder / "versions"
    if stamp.exists() and stamp.read_text() == versions():
        return
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".third_party-") as fresh:
        google = importlib.metadata.distribution("googleapis-common-protos")
        for name in GOOGLE:
            target = Path(fresh, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(Path(str(google.locate_file(name))).read_bytes())
        print_validate(Path(fresh))
        Path(fresh, stamp.name).write_text(versions())
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(fresh, folder)


if __name__ == "__main__":
    fill()
