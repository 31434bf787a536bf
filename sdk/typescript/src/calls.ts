/** One call with its retries: the same request, the same ids, within one timeout. */

import {
  create,
  type DescMessage,
  type DescMethodServerStreaming,
  type DescMethodUnary,
  type MessageInitShape,
  type MessageShape,
} from "@bufbuild/protobuf";
import type { StreamResponse, UnaryResponse } from "@connectrpc/connect";
import { Answer, type WithResponse } from "./answers.js";
import type { Channel, Connection } from "./connection.js";
import { REPEATABLE } from "./contract/methods.js";
import { traceparent, uuid } from "./ids.js";
import { type CallOptions, checkPositive, type Resolved } from "./options.js";
import { pause, Retries } from "./retry.js";
import { errorOf } from "./status.js";

/** A request, or what writes one: then what is wrong with it rejects the call's promise, as any refusal does. */
type Request<I extends DescMessage> = MessageInitShape<I> | (() => MessageInitShape<I>);

/** How every resource of a client reaches the server. */
export class Calls {
  constructor(
    readonly options: Resolved,
    private readonly channel: Channel,
    private readonly connection: Connection,
  ) {}

  /** The same way to the server, with other options. */
  with(options: Resolved): Calls {
    return new Calls(options, this.channel, this.connection);
  }

  /** Lets go of the connection. */
  close(): void {
    this.channel.close();
  }

  /** Makes a call; `read` is what of its answer the caller gets. */
  unary<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    request: Request<I>,
    options: CallOptions,
    read: (message: MessageShape<O>) => T,
  ): Answer<T> {
    return new Answer(this.#unary(method, request, options, read));
  }

  /** Opens one stream, without retries: its reader knows where to resume. */
  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    headers: Headers,
    signal: AbortSignal,
    timeoutMs: number | undefined,
  ): Promise<StreamResponse<I, O>> {
    return this.channel.transport.stream(method, signal, timeoutMs, headers, once(request));
  }

  /** What one call carries beside its request, the same over all its attempts. */
  headers(options: CallOptions): Headers {
    const headers = new Headers(options.headers);
    headers.set("x-request-id", uuid());
    headers.set("traceparent", this.options.traceparent || traceparent());
    if (this.connection.apiKey !== "") {
      headers.set("authorization", `Bearer ${this.connection.apiKey}`);
    }
    return headers;
  }

  /** The attempts that a call may make. Throws ConfigurationError for a timeout that makes no sense. */
  retries(options: CallOptions, limit: number, defaultTimeoutMs?: number, repeatable = true): Retries {
    const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
    if (timeoutMs !== undefined) {
      checkPositive("timeoutMs", timeoutMs);
    }
    return new Retries(this.options, { limit, timeoutMs, repeatable });
  }

  async #unary<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    request: Request<I>,
    options: CallOptions,
    read: (message: MessageShape<O>) => T,
  ): Promise<WithResponse<T>> {
    const message = keyed(method.input, typeof request === "function" ? request() : request);
    const repeatable = REPEATABLE.has(`${method.parent.typeName}.${method.name}`);
    const limit = options.maxRetries ?? this.options.maxRetries;
    const retries = this.retries(options, limit, this.options.timeoutMs, repeatable);
    const headers = this.headers(options);
    for (;;) {
      options.signal?.throwIfAborted();
      const timeoutMs = retries.timeLeft();
      let answer: UnaryResponse<I, O>;
      try {
        answer = await this.channel.transport.unary(method, options.signal, timeoutMs, headers, message);
      } catch (thrown) {
        options.signal?.throwIfAborted();
        const error = errorOf(thrown, headers.get("x-request-id") ?? "");
        await pause(retries.delayAfter(error), options.signal);
        continue;
      }
      return answerOf(answer, read);
    }
  }
}

/** The request with an idempotency key of its own, where the contract has a place for one and the caller gave none. */
function keyed<I extends DescMessage>(schema: I, request: MessageInitShape<I>): MessageInitShape<I> {
  const message = create(schema, request);
  if ("requestId" in message && message.requestId === "") {
    message.requestId = uuid();
  }
  return message as MessageInitShape<I>;
}

function answerOf<O extends DescMessage, T>(
  answer: UnaryResponse<DescMessage, O>,
  read: (message: MessageShape<O>) => T,
): WithResponse<T> {
  const { header: headers, trailer: trailers } = answer;
  const marked = (name: string) => headers.get(name) ?? trailers.get(name) ?? "";
  const response = { headers, trailers, requestId: marked("x-request-id"), traceId: marked("x-trace-id") };
  return { data: read(answer.message), response };
}

async function* once<T>(value: T): AsyncGenerator<T, void> {
  yield value;
}
