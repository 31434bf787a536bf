"""Ready means: started, not draining, no part in trouble."""

from aion.adapters.telemetry.health import Health, Phase


def test_a_process_is_ready_from_its_start_to_its_drain():
    health = Health()
    assert not health.ready
    assert health.problems == {"server": "starting"}
    health.enter(Phase.SERVING)
    assert health.ready
    assert health.problems == {}
    health.enter(Phase.DRAINING)
    assert not health.ready
    assert health.problems == {"server": "draining"}


def test_every_part_that_has_a_problem_is_named_until_it_is_well():
    health = Health()
    health.enter(Phase.SERVING)
    health.report("store", "disk full")
    health.report("engine", "no host is alive")
    assert health.problems == {"store": "disk full", "engine": "no host is alive"}
    health.report("store")
    assert not health.ready
    health.report("engine")
    assert health.ready


def test_listeners_hear_the_present_and_then_each_change_once():
    health = Health()
    heard = []
    health.listen(heard.append)
    health.enter(Phase.SERVING)
    health.report("store", "disk full")
    health.report("engine", "no host is alive")
    health.report("store", "still full")
    health.report("engine")
    health.report("store")
    health.enter(Phase.DRAINING)
    assert heard == [False, True, False, True, False]
