"""The rules that are compiled are the rules that are enforced."""

import pytest
from google.protobuf import descriptor_pb2

from tools import third_party
from tools.proto_printer import NotPrintable, print_file
from tools.third_party import PrintedWrong


def test_the_folder_is_filled_once(tmp_path):
    folder = tmp_path / "third_party"
    third_party.fill(folder)
    assert (folder / "buf/validate/validate.proto").stat().st_size > 10_000
    (folder / "google/api/http.proto").unlink()
    third_party.fill(folder)
    assert not (folder / "google/api/http.proto").exists()


def test_another_version_fills_it_anew(tmp_path):
    folder = tmp_path / "third_party"
    third_party.fill(folder)
    (folder / "google/api/http.proto").unlink()
    (folder / "versions").write_text("protovalidate 0\n")
    third_party.fill(folder)
    assert (folder / "google/api/http.proto").exists()


def test_rules_that_were_printed_wrongly_are_refused(tmp_path, monkeypatch):
    def weakened(file: descriptor_pb2.FileDescriptorProto) -> str:
        return print_file(file).replace("optional bool required = 25;", "")

    monkeypatch.setattr(third_party, "print_file", weakened)
    with pytest.raises(PrintedWrong, match="differs from the descriptor"):
        third_party.fill(tmp_path / "third_party")


def test_what_the_printer_does_not_know_it_refuses():
    file = descriptor_pb2.FileDescriptorProto(name="a.proto", package="a")
    file.service.add(name="S")
    with pytest.raises(NotPrintable, match=r"a\.proto: services"):
        print_file(file)
