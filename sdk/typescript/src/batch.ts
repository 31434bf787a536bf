/** Any number of tasks at once: in calls of a size that the server takes, a few at a time, outcomes in order. */

import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import type { Calls } from "./calls.js";
import { readTask, type Task } from "./contract/tasks.js";
import { AionError, InternalError } from "./errors.js";
import { AionTasks, TaskRequestSchema, type BatchOutcome as WireOutcome } from "./gen/aion/v1/tasks_pb.js";
import { uuid } from "./ids.js";
import type { CallOptions } from "./options.js";
import { type TaskSpec, writeTaskSpec } from "./spec.js";
import { errorOfStatus } from "./status.js";

/** What came of one task of a batch: it was accepted, or refused. */
export type BatchOutcome<Result = unknown> =
  | { readonly ok: true; readonly task: Task<Result> }
  | { readonly ok: false; readonly error: AionError };

/** How a batch is submitted. */
export interface BatchOptions extends CallOptions {
  /** Idempotency key of the batch: a task without a key of its own gets `KEY/INDEX`. One is made when none is given. */
  requestId?: string | undefined;
  /** How many calls are in flight at once; 4 by default. */
  concurrency?: number | undefined;
}

interface Part {
  readonly first: number;
  readonly requests: MessageInitShape<typeof TaskRequestSchema>[];
}

const MOST_REQUESTS = 100;
/** Below the 4 MiB that a request may have, with room for the envelope. */
const MOST_BYTES = 3 * 1024 * 1024;

/**
 * Submits the tasks; a call that fails is the outcome of each of its tasks. Throws only when it is aborted.
 *
 * @internal
 */
export async function submitBatch<Result>(
  calls: Calls,
  specs: Iterable<TaskSpec>,
  options: BatchOptions,
): Promise<BatchOutcome<Result>[]> {
  const key = options.requestId || uuid();
  const outcomes: BatchOutcome<Result>[] = [];
  const waiting = parts(specs, key)[Symbol.iterator]();
  const work = async () => {
    for (let next = waiting.next(); next.done !== true; next = waiting.next()) {
      const found = await submitPart<Result>(calls, next.value, options);
      for (const [index, outcome] of found.entries()) {
        outcomes[next.value.first + index] = outcome;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, options.concurrency ?? 4) }, work));
  return outcomes;
}

function* parts(specs: Iterable<TaskSpec>, key: string): Generator<Part, void> {
  let index = 0;
  let bytes = 0;
  let part: Part = { first: 0, requests: [] };
  for (const spec of specs) {
    const request = writeTaskSpec({ ...spec, requestId: spec.requestId || `${key}/${index}` });
    const size = toBinary(TaskRequestSchema, create(TaskRequestSchema, request)).length;
    if (part.requests.length > 0 && (part.requests.length === MOST_REQUESTS || bytes + size > MOST_BYTES)) {
      yield part;
      part = { first: index, requests: [] };
      bytes = 0;
    }
    part.requests.push(request);
    bytes += size;
    index += 1;
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
    return requests.map((_, index) => outcomeOf<Result>(outcomes[index]));
  } catch (error) {
    if (error instanceof AionError) {
      return requests.map(() => ({ ok: false, error }));
    }
    throw error;
  }
}

function outcomeOf<Result>(outcome: WireOutcome | undefined): BatchOutcome<Result> {
  switch (outcome?.outcome.case) {
    case "task":
      return { ok: true, task: readTask<Result>(outcome.outcome.value) };
    case "error":
      return { ok: false, error: errorOfStatus(outcome.outcome.value) };
    default:
      return {
        ok: false,
        error: new InternalError("the server said nothing of this task; submit it again by its key"),
      };
  }
}
