/**
 * Refused calls as errors of the SDK's tree: one table of gRPC codes, one of reasons that say more than their code.
 *
 * Something between here and AION (a proxy, the network) may answer without AION's details; then the code alone
 * decides, and what can only come of a broken connection is Unavailable.
 */

import type { DescMessage, MessageShape } from "@bufbuild/protobuf";
import { anyUnpack, durationMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError } from "@connectrpc/connect";
import * as errors from "./errors.js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "./gen/google/rpc/error_details_pb.js";
import type { Status } from "./gen/google/rpc/status_pb.js";

type ErrorClass = new (message: string, details: errors.ErrorDetails) => errors.AionError;
type Details = { -readonly [Name in keyof errors.ErrorDetails]: errors.ErrorDetails[Name] };
type Unpack = <Desc extends DescMessage>(schema: Desc) => MessageShape<Desc> | undefined;

const DOMAIN = "aion";

const CODES: Readonly<Record<number, readonly [string, ErrorClass]>> = {
  [Code.Canceled]: ["CANCELLED", errors.Unavailable],
  [Code.Unknown]: ["UNKNOWN", errors.InternalError],
  [Code.InvalidArgument]: ["INVALID_ARGUMENT", errors.InvalidRequest],
  [Code.DeadlineExceeded]: ["DEADLINE_EXCEEDED", errors.DeadlineExceeded],
  [Code.NotFound]: ["NOT_FOUND", errors.NotFound],
  [Code.AlreadyExists]: ["ALREADY_EXISTS", errors.Conflict],
  [Code.PermissionDenied]: ["PERMISSION_DENIED", errors.PermissionDenied],
  [Code.ResourceExhausted]: ["RESOURCE_EXHAUSTED", errors.RateLimited],
  [Code.FailedPrecondition]: ["FAILED_PRECONDITION", errors.Refused],
  [Code.Aborted]: ["ABORTED", errors.Unavailable],
  [Code.OutOfRange]: ["OUT_OF_RANGE", errors.InvalidRequest],
  [Code.Unimplemented]: ["UNIMPLEMENTED", errors.Unimplemented],
  [Code.Internal]: ["INTERNAL", errors.InternalError],
  [Code.Unavailable]: ["UNAVAILABLE", errors.Unavailable],
  [Code.DataLoss]: ["DATA_LOSS", errors.InternalError],
  [Code.Unauthenticated]: ["UNAUTHENTICATED", errors.AuthenticationError],
};

const REASONS: Readonly<Record<string, ErrorClass>> = {
  CHANGED_MEANWHILE: errors.ChangedMeanwhile,
  EVENTS_EXPIRED: errors.EventsExpired,
  IDEMPOTENCY_KEY_REUSED: errors.Conflict,
  LIMIT_REACHED: errors.LimitReached,
  NO_ELIGIBLE_ENGINE: errors.NoEligibleEngine,
  REQUEST_TOO_LARGE: errors.RequestTooLarge,
};

/** Codes by which a transport tells of a connection that broke; AION itself never answers so without its details. */
const BROKEN = new Set([Code.Canceled, Code.Unknown, Code.Internal, Code.Aborted, Code.DataLoss, Code.InvalidArgument]);

/** What the encoder says of a value that the field cannot have: nothing was sent. */
const UNWRITABLE = /cannot encode (?:field \S*\.(\w+)|\S+)(?: to binary)?: (.*)/s;
/** How browsers say that a call failed before there was an answer: Chromium, Firefox, Safari. */
const UNFETCHED = /Failed to fetch|NetworkError when attempting|Load failed/;
const UNTRUSTED = /certificate|self-signed/i;
/** How node says that what answers on a connection for gRPC speaks no HTTP/2, and the other way round. */
const NO_HTTP_2 = /^Protocol error$/;
const NO_HTTP_1 = /Parse Error: Expected HTTP\//;
const NO_TLS = /wrong version number|packet length too long|EPROTO/;

/** What to look at when a connection fails so. */
function hint(message: string): string {
  if (UNFETCHED.test(message)) {
    return "; is the server there, and is this page's origin in its AION_CORS_ORIGINS?";
  }
  if (NO_TLS.test(message)) {
    return "; this port speaks no TLS: is it the right one, and http:// the right scheme?";
  }
  if (NO_HTTP_2.test(message)) {
    return "; that port speaks no gRPC: a server is gRPC's host:port, by default 127.0.0.1:50051, not REST's";
  }
  if (NO_HTTP_1.test(message)) {
    return "; that port speaks no HTTP/1.1: connect and grpc-web go to AION's HTTP port, by default 127.0.0.1:8080";
  }
  return UNTRUSTED.test(message) ? "; does tls.ca hold the authority of the server, and does it ask for tls.cert?" : "";
}

/** The error that a refused call throws; `sentRequestId` stands in when the answer names none. */
export function errorOf(thrown: unknown, sentRequestId: string): errors.AionError {
  if (thrown instanceof errors.AionError) {
    return thrown;
  }
  const refusal = ConnectError.from(thrown);
  const said = detailsOf((schema) => refusal.findDetails(schema)[0]);
  const answeredId = refusal.metadata.get("x-request-id") ?? "";
  const details: errors.ErrorDetails = {
    ...said,
    code: nameOf(refusal.code),
    requestId: said.requestId || answeredId || sentRequestId,
    traceId: said.traceId || (refusal.metadata.get("x-trace-id") ?? ""),
    cause: asCause(thrown),
  };
  const ours = details.reason || answeredId;
  const unwritable = ours ? null : UNWRITABLE.exec(refusal.rawMessage);
  if (unwritable !== null) {
    return errors.InvalidRequest.of(unwritable[1] ?? "request", unwritable[2] ?? "cannot be written");
  }
  if (!ours && BROKEN.has(refusal.code)) {
    const message = `the call broke off between here and AION: ${refusal.rawMessage || "no words came"}`;
    return new errors.Unavailable(message + hint(refusal.rawMessage), { ...details, code: "UNAVAILABLE" });
  }
  if (!ours && refusal.rawMessage.includes("HTTP 404")) {
    const message = `${refusal.rawMessage}: what answers at this address is not AION, or not the port of this protocol`;
    return make(refusal.code, message, details);
  }
  return make(refusal.code, refusal.rawMessage, details);
}

/**
 * What was thrown, as the cause of ours: its bytes and headers can be read as before, and are not printed.
 *
 * They are in our error as words already; node prints causes whole, and an uncaught error was a page of bytes.
 */
function asCause(thrown: unknown): unknown {
  if (thrown instanceof ConnectError) {
    Object.defineProperty(thrown, "details", { enumerable: false });
    Object.defineProperty(thrown, "metadata", { enumerable: false });
  }
  return thrown;
}

/** The error of one request of a batch. */
export function errorOfStatus(status: Status): errors.AionError {
  const said = detailsOf((schema) => {
    const packed = status.details.find((any) => any.typeUrl.endsWith(`/${schema.typeName}`));
    return packed === undefined ? undefined : anyUnpack(packed, schema);
  });
  return make(status.code, status.message, { ...said, code: nameOf(status.code) });
}

function nameOf(code: number): string {
  return CODES[code]?.[0] ?? "UNKNOWN";
}

function make(code: number, message: string, details: errors.ErrorDetails): errors.AionError {
  let kind = REASONS[details.reason ?? ""] ?? CODES[code]?.[1] ?? errors.InternalError;
  if (kind === errors.RateLimited && !details.reason && message.includes("larger than max")) {
    kind = errors.RequestTooLarge; // gRPC's own limit, which has no reason of AION
  }
  return new kind(message || `the call failed with ${details.code}`, details);
}

function detailsOf(unpack: Unpack): Details {
  const details: Details = {};
  const info = unpack(ErrorInfoSchema);
  if (info?.domain === DOMAIN) {
    details.reason = info.reason;
    details.facts = { ...info.metadata };
  }
  const fields = unpack(BadRequestSchema);
  if (fields !== undefined) {
    details.violations = fields.fieldViolations.map(({ field, description }) => ({ field, description }));
  }
  const retry = unpack(RetryInfoSchema);
  if (retry?.retryDelay !== undefined) {
    details.retryAfterMs = Math.max(0, durationMs(retry.retryDelay));
  }
  const request = unpack(RequestInfoSchema);
  if (request !== undefined) {
    details.requestId = request.requestId;
    details.traceId = request.servingData;
  }
  return details;
}
