/** Refused calls become errors of one tree, whoever answered. */

import { inspect } from "node:util";
import { create } from "@bufbuild/protobuf";
import { anyPack } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import { expect, test } from "vitest";
import { BadRequestSchema, ErrorInfoSchema } from "../../src/gen/google/rpc/error_details_pb.js";
import { StatusSchema } from "../../src/gen/google/rpc/status_pb.js";
import * as sdk from "../../src/index.js";
import { errorOf, errorOfStatus } from "../../src/status.js";
import { refusal } from "./double.js";

test.each([
  ["EVENTS_EXPIRED", Code.FailedPrecondition, "EventsExpired"],
  ["NO_ELIGIBLE_ENGINE", Code.FailedPrecondition, "NoEligibleEngine"],
  ["IDEMPOTENCY_KEY_REUSED", Code.FailedPrecondition, "Conflict"],
  ["TASK_ALREADY_EXISTS", Code.AlreadyExists, "Conflict"],
  ["CHANGED_MEANWHILE", Code.Aborted, "ChangedMeanwhile"],
  ["LIMIT_REACHED", Code.ResourceExhausted, "LimitReached"],
  ["REQUEST_TOO_LARGE", Code.ResourceExhausted, "RequestTooLarge"],
  ["OFFSET_OUT_OF_RANGE", Code.OutOfRange, "InvalidRequest"],
  ["SOMETHING_NEWER", Code.FailedPrecondition, "Refused"],
  ["METHOD_NOT_FOUND", Code.Unimplemented, "Unimplemented"],
] as const)("reason %s is a %s: %s", (reason, code, name) => {
  expect(errorOf(refusal(code, reason), "sent")).toMatchObject({ name, reason, requestId: "sent" });
});

test.each([
  [new ConnectError("http/2 stream closed", Code.Canceled), "Unavailable"],
  [new ConnectError("fetch failed", Code.Internal, undefined, undefined, new TypeError("fetch failed")), "Unavailable"],
  ["missing EndStreamResponse", "Unavailable"],
  [new ConnectError("a proxy said no", Code.Unauthenticated), "AuthenticationError"],
  [new ConnectError("no such host", Code.Unavailable), "Unavailable"],
  [new ConnectError("received message larger than max", Code.ResourceExhausted), "RequestTooLarge"],
  [new ConnectError("unknown method", Code.Unimplemented), "Unimplemented"],
])("without AION's details the code decides, and a broken connection is Unavailable: %s", (thrown, name) => {
  const error = errorOf(thrown, "sent");
  expect(error).toMatchObject({ name, reason: "", requestId: "sent", cause: thrown });
});

test.each([
  [new ConnectError("Failed to fetch", Code.Unknown), "AION_CORS_ORIGINS"],
  [new ConnectError("self-signed certificate in certificate chain", Code.Internal), "tls.ca"],
  [new ConnectError("write EPROTO: wrong version number", Code.Internal), "speaks no TLS"],
  [new ConnectError("HTTP 404", Code.Unimplemented), "is not AION"],
  [new ConnectError("Protocol error", Code.Internal), "speaks no gRPC"],
  [new ConnectError("Parse Error: Expected HTTP/, RTSP/ or ICE/", Code.Internal), "speaks no HTTP/1.1"],
])("a connection that fails says what to look at: %s", (thrown, words) => {
  expect(errorOf(thrown, "").message).toContain(words);
});

test("an error that nobody catches prints its words, not the bytes that they came in", () => {
  const error = errorOf(refusal(Code.NotFound, "TASK_NOT_FOUND"), "sent");
  // As node prints what nobody caught.
  const printed = inspect(error, { customInspect: false, depth: 5 });
  expect(printed).toContain("TASK_NOT_FOUND");
  expect(printed).not.toMatch(/Uint8Array|google\.rpc|Headers/);
  const cause = error.cause as ConnectError;
  expect(cause.findDetails(ErrorInfoSchema)[0]?.reason).toBe("TASK_NOT_FOUND");
  expect(cause.metadata).toBeInstanceOf(Headers);
});

test("a defect of AION stays one", () => {
  expect(errorOf(refusal(Code.Internal, "INTERNAL"), "").name).toBe("InternalError");
  const bare = new ConnectError("it broke", Code.Internal, { "x-request-id": "r1" });
  expect(errorOf(bare, "")).toMatchObject({ name: "InternalError", requestId: "r1" });
});

test("details of another domain are not AION's", () => {
  const info = { desc: ErrorInfoSchema, value: { reason: "QUOTA", domain: "proxy.example" } };
  expect(errorOf(new ConnectError("no", Code.PermissionDenied, undefined, [info]), "").reason).toBe("");
});

test("the refusal of one task of a batch reads as that of a call", () => {
  const details = [
    anyPack(ErrorInfoSchema, create(ErrorInfoSchema, { reason: "INTENT_NOT_FOUND", domain: "aion" })),
    anyPack(
      BadRequestSchema,
      create(BadRequestSchema, { fieldViolations: [{ field: "intent", description: "unknown" }] }),
    ),
  ];
  const error = errorOfStatus(create(StatusSchema, { code: Code.NotFound, message: "there is none", details }));
  expect(error).toMatchObject({
    name: "NotFound",
    code: "NOT_FOUND",
    reason: "INTENT_NOT_FOUND",
    violations: [{ field: "intent", description: "unknown" }],
  });
});

test("every error of the tree is an AionError and carries its own name", () => {
  const kinds = Object.entries(sdk).filter(
    ([, value]) => typeof value === "function" && value.prototype instanceof Error,
  );
  expect(kinds.length).toBeGreaterThan(20);
  for (const [name, kind] of kinds) {
    const error: unknown = Reflect.construct(kind as unknown as () => void, ["it failed", {}]);
    expect(error).toBeInstanceOf(sdk.AionError);
    expect((error as Error).name).toBe(name);
  }
});
