/** What a caller asks for: one task under its promise, checked as far as that needs no server. */

import type { MessageInitShape } from "@bufbuild/protobuf";
import { type TaskRequestInput, writeTaskRequest } from "./contract/tasks.js";
import { InvalidRequest } from "./errors.js";
import type { TaskRequestSchema } from "./gen/aion/v1/tasks_pb.js";
import type { SlaInput } from "./sla.js";

/**
 * One task to submit.
 *
 * `requestId` is the idempotency key: the same key and the same request give the same task for 24 hours, so one is made
 * when none is given.
 */
export interface TaskSpec extends Omit<TaskRequestInput, "paramsJson"> {
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

/**
 * Writes a task for the wire. Throws InvalidRequest for what no server could read.
 *
 * @internal
 */
export function writeTaskSpec(spec: TaskSpec): MessageInitShape<typeof TaskRequestSchema> {
  const { text, params, paramsJson, budgetUsd, p95Ms, privacy, sla, ...rest } = spec;
  return writeTaskRequest({
    ...rest,
    params: paramsOf(params, text),
    paramsJson: documentOf(paramsJson, params, text),
    sla: slaOf(sla, { budgetUsd, p95Ms, privacy }),
  });
}

function paramsOf(params: TaskSpec["params"], text: string | undefined): Record<string, string> {
  const given = Object.entries(params ?? {});
  const wrong = given.find(([, value]) => typeof value !== "string");
  if (wrong !== undefined) {
    throw InvalidRequest.of(`params.${wrong[0]}`, "must be a string; paramsJson takes typed input");
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
    throw InvalidRequest.of("paramsJson", "stands beside params or text; give one or the other");
  }
  return typeof paramsJson === "string" ? paramsJson : JSON.stringify(paramsJson);
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
