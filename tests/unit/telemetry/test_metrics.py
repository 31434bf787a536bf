"""Metrics: the right numbers, bounded series, and a page that one broken reader cannot hide."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from aion.adapters.telemetry.metrics import Level, Metrics
from aion.adapters.telemetry.series import Counter, Histogram


def samples(page):
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(page.decode())
        for sample in family.samples
    }


def page_of(collector):
    registry = CollectorRegistry(auto_describe=False)
    registry.register(collector)
    return samples(generate_latest(registry))


def test_a_counter_counts_by_labels():
    counter = Counter("tasks", "Tasks.", ("intent",))
    counter.add("a")
    counter.add("a", amount=2)
    counter.add("b")
    assert page_of(counter) == {
        ("tasks_total", (("intent", "a"),)): 3,
        ("tasks_total", (("intent", "b"),)): 1,
    }


@given(st.lists(st.floats(0, 20)))
def test_a_histogram_counts_what_is_at_most_each_bound(values):
    histogram = Histogram("took", "Took.", (1, 5, 10))
    for value in values:
        histogram.observe(value)
    found = page_of(histogram)
    if not values:
        assert found == {}
        return
    for bound in (1.0, 5.0, 10.0):
        assert found["took_bucket", (("le", str(bound)),)] == sum(value <= bound for value in values)
    assert found["took_bucket", (("le", "+Inf"),)] == len(values)
    assert found["took_count", ()] == len(values)
    assert found["took_sum", ()] == pytest.approx(sum(values))


def test_series_past_the_bound_are_counted_together():
    counter = Counter("tasks", "Tasks.", ("intent",), most_series=2)
    histogram = Histogram("took", "Took.", (1,), ("intent",), most_series=2)
    for number in range(10):
        counter.add(f"i{number}")
        histogram.observe(0.5, f"i{number}")
    counter.add("i0")
    found = page_of(counter) | page_of(histogram)
    assert found["tasks_total", (("intent", "i0"),)] == 2
    assert found["tasks_total", (("intent", "other"),)] == 8
    assert found["took_count", (("intent", "other"),)] == 8
    assert len(page_of(counter)) == 3


def test_a_missing_label_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="0 label values"):
        Counter("tasks", "Tasks.", ("intent",)).add()
    with pytest.raises(ValueError, match="bounds"):
        Histogram("took", "Took.", (2, 1))


def test_the_page_shows_calls_as_counter_and_histogram():
    metrics = Metrics("1.2.3")
    metrics.calls.observe(0.003, "Submit", "grpc", "OK")
    metrics.calls.observe(0.3, "Submit", "grpc", "OK")
    found = samples(metrics.render())
    labels = (("code", "OK"), ("method", "Submit"), ("transport", "grpc"))
    assert found["aion_requests_total", labels] == 2
    assert found["aion_request_seconds_count", labels] == 2
    assert found["aion_request_seconds_bucket", (*labels[:1], ("le", "0.005"), *labels[1:])] == 1
    assert found["aion_build_info", (("version", "1.2.3"),)] == 1


def test_a_group_commit_is_counted_by_size_and_time():
    metrics = Metrics("0")
    metrics.committed(3, 0.002)
    found = samples(metrics.render())
    assert found["aion_commit_writes_sum", ()] == 3
    assert found["aion_commit_seconds_sum", ()] == 0.002


def test_a_level_is_read_when_somebody_looks_and_absent_when_nobody_reads_it():
    metrics = Metrics("0")
    depth = iter([3, 4])
    metrics.look(Level.QUEUE_DEPTH, lambda: next(depth))
    assert [samples(metrics.render())["aion_queue_depth", ()] for _ in range(2)] == [3, 4]
    assert ("aion_watchers", ()) not in samples(metrics.render())


def test_one_broken_reader_hides_nothing_else(caplog):
    metrics = Metrics("0")
    metrics.look(Level.HOSTS_ALIVE, lambda: 1 / 0)
    metrics.look(Level.RUNNING, lambda: 5)
    found = samples(metrics.render())
    assert found["aion_attempts_running", ()] == 5
    assert "aion_engine_hosts_alive" in caplog.text


def test_names_say_what_they_measure_and_no_label_is_a_tenant():
    metrics = Metrics("0")
    for level in Level:
        metrics.look(level, lambda: 1)
    page = metrics.render().decode()
    names = set(re.findall(r"^# TYPE (aion_\w+) ", page, re.MULTILINE))
    assert len(names) == 27
    assert not re.search(r'(tenant|task_id|key_id|principal)="', page)


def test_two_servers_in_one_process_do_not_share_numbers():
    one, other = Metrics("0"), Metrics("0")
    one.leases_lost.add()
    assert ("aion_leases_lost_total", ()) not in samples(other.render())
