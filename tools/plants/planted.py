"""The bugs. Each is one that somebody could write on a bad day, and that nobody would see in a quick review."""

from typing import Final

from tools.plants.plant import Plant

_LIFECYCLE = "src/domain/lifecycle.py"
_OF_LIFECYCLE = "tests/unit/domain/test_lifecycle.py"
_OF_STORE = "tests/contract/test_task_store.py"
_OF_QUEUE = "tests/contract/test_task_queue.py"

PLANTS: Final = (
    # --- leases and fences ---
    Plant(
        "the fence is not checked",
        _LIFECYCLE,
        "task.lease is None or task.lease.fence != fence:",
        "task.lease is None:",
        f"{_OF_LIFECYCLE}::test_a_stale_fence_writes_nothing",
    ),
    Plant(
        "anybody may renew a lease",
        _LIFECYCLE,
        "if lease.owner != owner:",
        "if lease.owner != owner and fence != lease.fence:",
        f"{_OF_LIFECYCLE}::test_renewing_needs_the_owner_and_the_fence",
    ),
    Plant(
        "one loss fewer is poison",
        _LIFECYCLE,
        "if closed.losses > MAX_LOSSES:",
        "if closed.losses >= MAX_LOSSES:",
        f"{_OF_LIFECYCLE}::test_losses_have_their_own_bound_and_do_not_count_as_failures",
    ),
    Plant(
        "what was in a host that died runs again in company",
        _LIFECYCLE,
        "state=TaskState.PENDING, lease=None, alone=True)",
        "state=TaskState.PENDING, lease=None, alone=False)",
        f"{_OF_QUEUE}::test_a_lost_host_queues_the_task_again_alone",
    ),
    # --- lives of tasks ---
    Plant(
        "one retry fewer than the manifest says",
        _LIFECYCLE,
        "and task.failures <= task.max_failures",
        "and task.failures < task.max_failures",
        f"{_OF_QUEUE}::test_a_failed_attempt_is_retried_after_a_pause_under_a_higher_fence",
    ),
    Plant(
        "a task lives one moment beyond its expire time",
        _LIFECYCLE,
        "if now >= closed.waits_until:",
        "if now > closed.waits_until:",
        f"{_OF_LIFECYCLE}::test_after_its_expire_time_a_task_ends_timeout",
    ),
    Plant(
        "a canceled task ends as its attempt did",
        _LIFECYCLE,
        "    if closed.cancel_requested:\n",
        "    if closed.cancel_requested and closed.failure is not None:\n",
        f"{_OF_LIFECYCLE}::test_whatever_a_canceled_attempt_reports_the_task_ends_canceled",
    ),
    Plant(
        "whoever runs a task is not told of its cancel",
        "src/adapters/storage/transaction.py",
        "notices.canceled.append(task.key)",
        "notices.changed[task.key] = None",
        "tests/contract/test_signals.py::test_the_store_tells_a_running_cancel_once",
    ),
    # --- accepting, exactly once ---
    Plant(
        "acknowledged before it is committed",
        "src/adapters/storage/writer.py",
        'self._connection.execute("COMMIT")',
        'self._connection.execute("ROLLBACK")',
        "tests/storage/test_restart.py::test_an_ended_task_and_its_key_are_found_again",
    ),
    Plant(
        "a key that was used for another request replays it",
        "src/adapters/storage/steps.py",
        "    if stored == fingerprint:\n        return task\n    raise IdempotencyKeyReused(",
        "    if stored:\n        return task\n    raise IdempotencyKeyReused(",
        f"{_OF_STORE}::test_the_same_key_with_another_fingerprint_is_refused_and_leaves_nothing",
    ),
    Plant(
        "what shapes only the call makes it another request",
        "src/adapters/rpc/fingerprint.py",
        "        stripped.ClearField(name)\n",
        "        stripped.HasField(name)\n",
        "tests/unit/rpc/test_fingerprint.py::test_what_only_shapes_the_call_does_not_count",
    ),
    Plant(
        "an eager start goes before those that wait",
        "src/adapters/storage/steps.py",
        "and not transaction.memory.waiting.any_ready(transaction.now_us, eager.engines)",
        "and transaction.now_us > 0",
        f"{_OF_STORE}::test_an_eager_start_is_not_given_when_an_eligible_task_of_any_tenant_waits",
    ),
    Plant(
        "a queue that is full takes one more",
        "src/adapters/storage/steps.py",
        "transaction.memory.waiting.count(task.tenant) >= value.max_pending",
        "transaction.memory.waiting.count(task.tenant) > value.max_pending",
        f"{_OF_STORE}::test_a_full_queue_says_when_to_try_again",
    ),
    Plant(
        "a task is counted in a schedule that took the id of its own",
        "src/adapters/storage/steps.py",
        "if schedule is None or schedule.uid != firing.uid:",
        "if schedule is None:",
        "tests/contract/test_firing.py::test_a_schedule_that_is_gone_or_another_by_now_changes_nothing_about_its_task",
    ),
    Plant(
        "the id of a purged task is free again",
        "src/adapters/storage/sweeping.py",
        "    connection.executemany(sql.INSERT_TOMBSTONE, [(*key, transaction.now_us) for key in gone])\n",
        "    connection.executemany(sql.INSERT_TOMBSTONE, [(*key, transaction.now_us) for key in gone[:0]])\n",
        "tests/contract/test_housekeeping.py::test_a_forgotten_task_is_gone_but_its_id_stays_taken",
    ),
    # --- what is checked before and after a module runs ---
    Plant(
        "inputs are not checked",
        "src/adapters/catalog/schemas.py",
        "self._validator.is_valid(",
        "self._validator.is_valid is not None or (",
        "tests/unit/catalog/test_input_and_output.py::test_every_wrong_field_is_named_with_limit_and_remedy",
    ),
    Plant(
        "results are not checked",
        "src/app/work/judging.py",
        "    if problem is not None:\n",
        "    if problem is not None and result.result_json == '':\n",
        "tests/unit/app/test_attempts.py::test_a_result_that_breaks_its_schema_is_the_modules_error",
    ),
    Plant(
        "native code in the cache is trusted",
        "src/adapters/engines/wasm/compiled.py",
        "if hmac.compare_digest(mac, self._mac(path, code)):",
        "if len(mac) == _MAC_SIZE or hmac.compare_digest(mac, self._mac(path, code)):",
        "tests/engine/test_compiled_modules.py::test_a_file_that_is_not_ours_is_discarded_and_compiled_again",
    ),
    Plant(
        "data that must stay here may go to a provider",
        "src/domain/gates.py",
        "question.privacy is not Privacy.LOCAL_ONLY:",
        "question.privacy is not Privacy.HYBRID:",
        "tests/unit/routing/test_gates.py::test_each_gate_passes_at_its_limit_and_refuses_beyond_it",
    ),
    # --- streams ---
    Plant(
        "a stream that is resumed repeats an event",
        "src/adapters/storage/statements.py",
        'task_events.c.offset > parameter("after"),',
        'task_events.c.offset >= parameter("after"),',
        "tests/contract/test_event_log.py::test_a_log_too_long_for_memory_is_read_from_its_beginning",
    ),
    # --- who may what ---
    Plant(
        "lists show the tasks of all tenants",
        "src/adapters/storage/queries.py",
        'where(tasks.c.tenant_id == parameter("tenant_id"))',
        'where(parameter("tenant_id").is_not(None))',
        f"{_OF_STORE}::test_a_list_is_newest_first_pages_without_gaps_and_knows_its_tenant",
    ),
    Plant(
        "any secret fits a key's id",
        "src/adapters/identity/api_keys.py",
        "if key is None or not equal or key.revoke_time is not None:",
        "if key is None or key.revoke_time is not None:",
        "tests/unit/identity/test_api_keys.py::test_a_key_s_id_with_another_secret_proves_nothing_though_the_checksum_is_right",
    ),
    Plant(
        "a revoked key still opens",
        "src/adapters/identity/api_keys.py",
        "if key is None or not equal or key.revoke_time is not None:",
        "if key is None or not equal:",
        "tests/unit/identity/test_api_keys.py::test_a_revoked_key_is_noticed_when_its_proof_is_forgotten",
    ),
    Plant(
        "scopes are not asked for",
        "src/adapters/rpc/admission.py",
        "    if not identity.may(scope):\n",
        "    if not scope:\n",
        "tests/unit/rpc/test_pipeline.py::test_a_missing_scope_is_named",
    ),
    Plant(
        "a ticket keeps what its maker has lost",
        "src/adapters/identity/tickets.py",
        "frozenset(scope for scope in grant.scopes if holder.may(scope))",
        "frozenset(grant.scopes)",
        "tests/unit/identity/test_tickets.py::test_a_ticket_of_a_certificate_falls_with_its_name_and_shrinks_with_its_scopes",
    ),
    Plant(
        "a page token serves another tenant's list",
        "src/app/usecases/paging.py",
        r'return f"{self.what}\n{self.caller.tenant}\n{self.caller.principal}"',
        "return self.what",
        "tests/unit/app/test_schedules.py::test_a_list_is_read_page_by_page_and_its_tokens_fit_nobody_else",
    ),
    Plant(
        "the rate of a key has no end",
        "src/adapters/limits/token_bucket.py",
        "        if wait > _ROUNDING:\n",
        "        if wait > _ROUNDING + self._tolerance + 3600:\n",
        "tests/contract/test_rate_limiter.py::test_a_rested_key_may_take_its_burst_at_once_and_not_one_more",
    ),
    Plant(
        "a request of one byte too many is read",
        "src/adapters/rpc/admission.py",
        "if call.payload.size > MAX_REQUEST_BYTES:",
        "if call.payload.size > MAX_REQUEST_BYTES + 1:",
        "tests/unit/rpc/test_pipeline.py::test_a_request_over_the_limit_is_refused_first",
    ),
    # --- webhooks ---
    Plant(
        "webhooks may call addresses inside",
        "src/adapters/webhooks/guard.py",
        "        if problem:\n",
        "        if problem and not addresses:\n",
        "tests/unit/webhooks/test_whom_aion_may_call.py::test_a_hostile_url_is_refused_in_words_that_tell_nothing_of_our_network",
    ),
    Plant(
        "a signature does not cover its time",
        "src/domain/webhooks.py",
        'f"{message_id}.{timestamp}."',
        'f"{message_id}.."',
        "tests/unit/domain/test_webhooks.py::test_signatures_are_those_of_standard_webhooks",
    ),
)
