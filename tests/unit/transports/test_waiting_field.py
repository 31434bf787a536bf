"""Which requests can ask the answer to wait is said by the contract's options, never by a field's name."""

from google.protobuf import descriptor_pb2, descriptor_pool

from aion.adapters.transports.header_fields import waiting_field
from aion.v1 import options_pb2, tasks_pb2


def test_the_field_that_prefer_carries_is_the_one_that_waits():
    field = waiting_field(tasks_pb2.TaskRequest.DESCRIPTOR)
    assert field is not None
    assert field.name == "wait"
    assert waiting_field(tasks_pb2.RetryRequest.DESCRIPTOR) is None


def test_a_field_waits_by_its_option_and_not_by_its_name():
    file = descriptor_pb2.FileDescriptorProto(name="weighing.proto", package="weighing", syntax="proto3")
    message = file.message_type.add(name="Parcel")
    by_name = message.field.add(name="wait", number=1, type=9, label=1)
    by_option = message.field.add(name="patience", number=2, type=9, label=1)
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    assert by_name.name in pool.FindMessageTypeByName("weighing.Parcel").fields_by_name
    assert waiting_field(pool.FindMessageTypeByName("weighing.Parcel")) is None
    by_option.options.Extensions[options_pb2.header] = "Prefer"
    again = descriptor_pool.DescriptorPool()
    again.Add(file)
    found = waiting_field(again.FindMessageTypeByName("weighing.Parcel"))
    assert found is not None
    assert found.name == "patience"
