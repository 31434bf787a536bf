/** What a caller asks for: one task under its promise, checked as far as that needs no server. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { TASK_REQUEST_MEMBERS, type TaskRequest, type TaskRequestInput, writeTaskRequest } from "./contract/tasks.js";
import { checkMembers, writeMap } from "./convert.js";
import { writeDocument } from "./documents.js";
import { InvalidRequest } from "./errors.js";
import type { TaskRequestSchema } from "./gen/aion/v1/tasks_pb.js";
import type { SlaInput } from "./sla.js";

/** What shapes one call and is no part of a task: it is among the options of the call. */
type OfTheCall = "waitMs" | "validateOnly";

/** How a task is submitted, beside what it is. */
export type Submission = Pick<TaskRequestInput, OfTheCall>;

/**
 * One task to submit.
 *
 * `requestId` is the idempotency key: the same key and the same request give the same task for 24 hours, so one is made
 * when none is given.
 */
export interface TaskSpec extends Omit<TaskRequestInput, "paramsJson" | OfTheCall> {
  /** Short for the param `text`. */
  text?: string | undefined;
  /** The intent's input as one JSON object, or its text. Either this or `params` and `text`. */
  paramsJson?: object | string | undefined;
  /** Short for `sla.budgetUsd`. */
  budgetUsd?: SlaInput["budgetUsd"];
  /** Short for `sla.p95Ms`. */
  p95Ms?: SlaInput["p95Ms"];
  /** Short for `sla.privacy`. */
  privacy?: SlaInput["privacy"];
}

const MEMBERS = [...TASK_REQUEST_MEMBERS, "text", "budgetUsd", "p95Ms", "privacy"];

/**
 * Writes a task for the wire. Throws InvalidRequest for what no server could read.
 *
 * @internal
 */
export function writeTaskSpec(spec: TaskSpec, call: Submission = {}): MessageInitShape<typeof TaskRequestSchema> {
  checkMembers("task", spec, MEMBERS);
  const { text, params, paramsJson, budgetUsd, p95Ms, privacy, sla, ...rest } = spec;
  // A task that was read has both, with nothing in them; what a compiler did not see must not be lost.
  const { waitMs, validateOnly }: Partial<Pick<TaskRequest, OfTheCall>> = spec as TaskSpec & Submission;
  if (waitMs || validateOnly) {
    throw InvalidRequest.of(waitMs ? "wait" : "validate_only", "belongs to the options of `submit`, not to the task");
  }
  return writeTaskRequest({
    ...rest,
    ...call,
    params: paramsOf(params, text),
    paramsJson: documentOf(paramsJson, params, text),
    sla: slaOf(sla, { budgetUsd, p95Ms, privacy }),
  });
}

function paramsOf(params: TaskSpec["params"], text: string | undefined): Record<string, string> {
  const given = Object.entries(writeMap(params ?? {}, "params"));
  if (text !== undefined && typeof text !== "string") {
    throw InvalidRequest.of("params.text", "must be a string; paramsJson takes typed input");
  }
  if (text !== undefined && params?.["text"] !== undefined) {
    throw InvalidRequest.of("params.text", "is given twice; give text or params.text");
  }
  return Object.fromEntries(text === undefined ? given : [...given, ["text", text]]);
}

function documentOf(paramsJson: TaskSpec["paramsJson"], params: TaskSpec["params"], text: string | undefined): string {
  if (paramsJson === undefined || paramsJson === "") {
    return "";
  }
  if (text !== undefined || Object.keys(params ?? {}).length > 0) {
    throw InvalidRequest.of("params_json", "stands beside params or text; give one or the other");
  }
  return typeof paramsJson === "string" ? paramsJson : writeDocument(paramsJson, "params_json");
}

function slaOf(sla: SlaInput | null | undefined, pieces: SlaInput): SlaInput | undefined {
  if (Object.values(pieces).every((piece) => piece == null)) {
    return sla ?? undefined;
  }
  if (sla != null) {
    throw InvalidRequest.of("sla", "stands beside its pieces (budgetUsd, p95Ms, privacy); give one or the other");
  }
  return pieces;
}
