/** Any number of tasks at once: in calls of a size that the server takes, a few at a time, outcomes in order. */

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Calls } from "./calls.js";
import { readTask, type Task } from "./contract/tasks.js";
import { AionError, InternalError } from "./errors.js";
import { AionTasks, TaskRequestSchema, type BatchOutcome as WireOutcome } from "./gen/aion/v1/tasks_pb.js";
import { uuid } from "./ids.js";
import { type CallOptions, checkCallOptions, checkConcurrency } from "./options.js";
import { checkShape } from "./shape.js";
import { type TaskSpec, writeTaskSpec } from "./spec.js";
import { errorOf, errorOfStatus } from "./status.js";

/** What came of one task of a batch: it was accepted, or refused. */
export type BatchOutcome<Result = unknown> =
  | { readonly ok: true; readonly task: Task<Result> }
  | {
      readonly ok: false;
      readonly error: AionError;
      /** The idempotency key of this task: as its `requestId` it makes no second task. */
      readonly idempotencyKey: string;
    };

/** How a batch is submitted. */
export interface BatchOptions extends CallOptions {
  /** Idempotency key of the batch: a task without a key of its own gets `KEY/INDEX`. One is made when none is given. */
  requestId?: string | undefined;
  /** How many calls are under way at once, 1 to 64; 4 by default. */
  concurrency?: number | undefined;
}

interface Part {
  /** The places of its tasks in the batch. */
  readonly places: number[];
  readonly requests: MessageInitShape<typeof TaskRequestSchema>[];
}

const MOST_REQUESTS = 100;
/** Below the 4 MiB that a request may have, with room for the envelope. */
const MOST_BYTES = 3 * 1024 * 1024;

/**
 * Submits the tasks; a call that fails is the outcome of each of its tasks, and a task that cannot be written has its
 * own. All are written before the first is sent. Throws when it is aborted, and ConfigurationError for options that
 * make no sense.
 *
 * @internal
 */
export async function submitBatch<Result>(
  calls: Calls,
  specs: Iterable<TaskSpec>,
  options: BatchOptions,
): Promise<BatchOutcome<Result>[]> {
  const { concurrency = 4, requestId, ...rest } = options;
  checkConcurrency(concurrency);
  checkCallOptions(rest);
  const outcomes: BatchOutcome<Result>[] = [];
  const waiting = [...parts(specs, requestId || uuid(), outcomes)].values();
  const work = async () => {
    for (const part of waiting) {
      const found = await submitPart<Result>(calls, part, rest);
      for (const [index, place] of part.places.entries()) {
        outcomes[place] = found[index] as BatchOutcome<Result>;
      }
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return outcomes;
}

/** Cuts tasks into calls, in their order; what cannot be written gets its outcome at once. */
function* parts<Result>(
  specs: Iterable<TaskSpec>,
  key: string,
  outcomes: BatchOutcome<Result>[],
): Generator<Part, void> {
  let index = -1;
  let bytes = 0;
  let part: Part = { places: [], requests: [] };
  for (const spec of specs) {
    index += 1;
    const idempotencyKey = spec?.requestId || `${key}/${index}`;
    let request: MessageInitShape<typeof TaskRequestSchema>;
    let size: number;
    try {
      request = { ...writeTaskSpec(spec), requestId: idempotencyKey };
      const message = create(TaskRequestSchema, request);
      checkShape(TaskRequestSchema, message);
      size = toBinary(TaskRequestSchema, message).length;
    } catch (thrown) {
      outcomes[index] = { ok: false, error: errorOf(thrown, ""), idempotencyKey };
      continue;
    }
    if (part.requests.length > 0 && (part.requests.length === MOST_REQUESTS || bytes + size > MOST_BYTES)) {
      yield part;
      part = { places: [], requests: [] };
      bytes = 0;
    }
    part.places.push(index);
    part.requests.push(request);
    bytes += size;
  }
  if (part.requests.length > 0) {
    yield part;
  }
}

async function submitPart<Result>(calls: Calls, part: Part, options: CallOptions): Promise<BatchOutcome<Result>[]> {
  const { requests } = part;
  try {
    const outcomes = await calls.unary(
      AionTasks.method.submitBatch,
      { requests },
      options,
      (message) => message.outcomes,
    );
    return requests.map((request, index) => outcomeOf<Result>(outcomes[index], request.requestId ?? ""));
  } catch (error) {
    if (error instanceof AionError) {
      return requests.map(({ requestId = "" }) => ({ ok: false, error, idempotencyKey: requestId }));
    }
    throw error;
  }
}

function outcomeOf<Result>(outcome: WireOutcome | undefined, idempotencyKey: string): BatchOutcome<Result> {
  switch (outcome?.outcome.case) {
    case "task":
      return { ok: true, task: readTask<Result>(outcome.outcome.value) };
    case "error":
      return { ok: false, error: errorOfStatus(outcome.outcome.value), idempotencyKey };
    default:
      return {
        ok: false,
        error: new InternalError("the server said nothing of this task; submit it again by its key"),
        idempotencyKey,
      };
  }
}
