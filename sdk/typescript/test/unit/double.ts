/** A server in memory whose answers a test writes down beforehand, behind the client's own calls. */

import {
  create,
  type DescMessage,
  type DescService,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import { durationFromMs } from "@bufbuild/protobuf/wkt";
import { Code, ConnectError, createRouterTransport, type HandlerContext, type ServiceImpl } from "@connectrpc/connect";
import { Calls } from "../../src/calls.js";
import { AionClient } from "../../src/client.js";
import type { Connection } from "../../src/connection.js";
import { CatalogService } from "../../src/gen/aion/v1/catalog_pb.js";
import { EventKind, type TaskEventSchema } from "../../src/gen/aion/v1/events_pb.js";
import { TaskState } from "../../src/gen/aion/v1/lifecycle_pb.js";
import { ScheduleService } from "../../src/gen/aion/v1/schedules_pb.js";
import { ServerService } from "../../src/gen/aion/v1/server_pb.js";
import { AionTasks, TaskResultSchema, WatchResponseSchema } from "../../src/gen/aion/v1/tasks_pb.js";
import { TicketService } from "../../src/gen/aion/v1/tickets_pb.js";
import { WebhookService } from "../../src/gen/aion/v1/webhooks_pb.js";
import {
  BadRequestSchema,
  ErrorInfoSchema,
  RequestInfoSchema,
  RetryInfoSchema,
} from "../../src/gen/google/rpc/error_details_pb.js";
import { type CallDefaults, resolve } from "../../src/options.js";

export const SERVICES: readonly DescService[] = [
  AionTasks,
  CatalogService,
  ScheduleService,
  ServerService,
  TicketService,
  WebhookService,
];

/** What a method does once; the last step of a script stays. */
export type Step = (request: Record<string, unknown>, context: HandlerContext) => unknown;

/** One call that arrived. */
export interface Seen {
  readonly method: string;
  readonly request: Record<string, unknown>;
  readonly headers: Headers;
  readonly timeoutMs: number | undefined;
  readonly signal: AbortSignal;
}

export class Double {
  readonly seen: Seen[] = [];
  readonly #scripts = new Map<string, Step[]>();

  script(method: string, ...steps: Step[]): void {
    this.#scripts.set(method, steps);
  }

  calls(method: string): Seen[] {
    return this.seen.filter((call) => call.method === method);
  }

  client(options: CallDefaults = {}, connection: Partial<Connection> = {}): AionClient {
    const transport = createRouterTransport((router) => {
      for (const service of SERVICES) {
        router.service(service, this.#implementation(service));
      }
    });
    const resolved = resolve({ firstDelayMs: 0.01, maxDelayMs: 0.02, ...options });
    const way = { baseUrl: "http://127.0.0.1", protocol: "grpc", tls: {}, apiKey: "aion_key", ...connection } as const;
    return new AionClient(new Calls(resolved, { transport, close: () => undefined }, way));
  }

  #implementation(service: DescService): Partial<ServiceImpl<DescService>> {
    const methods = service.methods.map((method) => {
      const name = method.name;
      if (method.methodKind === "server_streaming") {
        const stream = async function* (this: void, request: object, context: HandlerContext) {
          yield* step(name, request, context) as AsyncIterable<MessageInitShape<DescMessage>>;
        };
        return [method.localName, stream] as const;
      }
      return [
        method.localName,
        async (request: object, context: HandlerContext) => step(name, request, context),
      ] as const;
    });
    const step = (name: string, request: object, context: HandlerContext) => this.#step(name, request, context);
    return Object.fromEntries(methods) as Partial<ServiceImpl<DescService>>;
  }

  #step(method: string, message: object, context: HandlerContext): unknown {
    const request = message as Record<string, unknown>;
    const { requestHeader: headers, signal } = context;
    this.seen.push({ method, request, headers, signal, timeoutMs: context.timeoutMs() });
    const steps = this.#scripts.get(method) ?? [];
    const next = steps.length > 1 ? steps.shift() : steps[0];
    if (next === undefined) {
      throw new ConnectError(`no script for ${method}`, Code.Unimplemented);
    }
    return next(request, context);
  }
}

/** Answers with a message, or streams the messages of an array. */
export function answer(message: unknown): Step {
  return () => (Array.isArray(message) ? sequence(message) : message);
}

/** What AION refuses a call with. */
export interface Refusal {
  readonly message?: string;
  readonly violations?: Readonly<Record<string, string>>;
  readonly retryAfterMs?: number;
  readonly requestId?: string;
}

/** The error of a call that AION refused. */
export function refusal(code: Code, reason: string, said: Refusal = {}): ConnectError {
  const detail = <Desc extends DescMessage>(desc: Desc, value: MessageInitShape<Desc>) => ({ desc, value });
  const fields = Object.entries(said.violations ?? {}).map(([field, description]) => ({ field, description }));
  return new ConnectError(said.message ?? "it was refused", code, undefined, [
    detail(ErrorInfoSchema, { reason, domain: "aion", metadata: { limit: "1" } }),
    ...(fields.length > 0 ? [detail(BadRequestSchema, { fieldViolations: fields })] : []),
    ...(said.retryAfterMs === undefined
      ? []
      : [detail(RetryInfoSchema, { retryDelay: durationFromMs(said.retryAfterMs) })]),
    ...(said.requestId ? [detail(RequestInfoSchema, { requestId: said.requestId, servingData: "f".repeat(32) })] : []),
  ]);
}

/** Refuses the call as AION does. */
export function refuse(code: Code, reason: string, said: Refusal = {}): Step {
  return () => {
    throw refusal(code, reason, said);
  };
}

/** Streams some messages and then loses the connection, or ends politely. */
export function cut(messages: readonly unknown[], how: "lost" | "ended" = "lost"): Step {
  return async function* () {
    yield* messages;
    if (how === "lost") {
      throw new ConnectError("the connection is gone", Code.Unavailable);
    }
  };
}

export type TaskInit = MessageInitShape<typeof TaskResultSchema>;

export function task(state: keyof typeof TaskState, more: TaskInit = {}): MessageShape<typeof TaskResultSchema> {
  const ended = state === "OK" ? { resultJson: '{"summary":"short"}' } : {};
  return create(TaskResultSchema, {
    taskId: "t1",
    intent: "summarize",
    state: TaskState[state],
    ...ended,
    ...more,
  } as TaskInit);
}

export type EventInit = MessageInitShape<typeof TaskEventSchema>;

/** The log of a task that ended OK with offset 4: "one ", "two", a log line, DONE. */
export const LOG: readonly EventInit[] = [
  { offset: 1n, attempt: 1, kind: EventKind.TOKEN, text: "one " },
  { offset: 2n, attempt: 1, kind: EventKind.TOKEN, text: "two" },
  { offset: 3n, attempt: 1, kind: EventKind.LOG, text: "a line" },
  { offset: 4n, attempt: 1, kind: EventKind.DONE, dataJson: '{"summary":"short"}' },
];

/** The messages of Stream for a log: the accepted task, its events, the end. */
export function streamed(log: readonly EventInit[] = LOG): MessageShape<typeof TaskResultSchema>[] {
  return [task("RUNNING"), ...log.map((event) => message(event, log.length))];
}

/** The messages of Watch for a log. */
export function watched(
  log: readonly EventInit[] = LOG,
  last = LOG.length,
): MessageShape<typeof WatchResponseSchema>[] {
  return log.map((event) => {
    const ends = Number(event.offset) === last;
    return create(WatchResponseSchema, {
      event,
      ...(ends ? { task: task("OK", { lastOffset: BigInt(last) }) } : {}),
    } as never);
  });
}

/** A message of Watch with several events, as they come to who asks for more than one. */
export function together(log: readonly EventInit[], last = LOG.length): MessageShape<typeof WatchResponseSchema> {
  const messages = watched(log, last);
  const [first, ...more] = messages.map(({ event }) => event);
  return create(WatchResponseSchema, { event: first, moreEvents: more, task: messages.at(-1)?.task } as never);
}

/** Answers a Watch as AION does: what lies after the offset. */
export const watchFromTheLog: Step = (request) => {
  const after = Number(request["afterOffset"]);
  return sequence(watched(LOG.slice(after)));
};

function message(event: EventInit, last: number): MessageShape<typeof TaskResultSchema> {
  const ends = Number(event.offset) === last;
  return task(ends ? "OK" : "RUNNING", { event, lastOffset: BigInt(ends ? last : 0) } as TaskInit);
}

async function* sequence(messages: readonly unknown[]): AsyncGenerator<unknown, void> {
  yield* messages;
}
