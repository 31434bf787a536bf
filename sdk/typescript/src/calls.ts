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
import { KEYED } from "./contract/methods.js";
import { about, ConfigurationError, Unavailable } from "./errors.js";
import { traceparent, uuid } from "./ids.js";
import { linked } from "./linked.js";
import { type CallOptions, checkCallOptions, type Resolved } from "./options.js";
import { type Bounds, isRepeatable, pause, Retries } from "./retry.js";
import { checkShape } from "./shape.js";
import { errorOf } from "./status.js";

/** A request, or what writes one: then what is wrong with it rejects the call's promise, as any refusal does. */
type Request<I extends DescMessage> = MessageInitShape<I> | (() => MessageInitShape<I>);

/** How every resource of a client reaches the server. */
export class Calls {
  constructor(
    readonly options: Resolved,
    private readonly channel: Channel,
    private readonly connection: Connection,
    private readonly closing: AbortController = new AbortController(),
  ) {}

  /** The same way to the server, with other options. */
  with(options: Resolved): Calls {
    return new Calls(options, this.channel, this.connection, this.closing);
  }

  /** Lets go of the connection, and gives up what is under way. */
  close(): void {
    const words = "the client was closed while the call was under way; a task that was accepted goes on";
    this.closing.abort(new Unavailable(words, { code: "CANCELLED" }));
    this.channel.close();
  }

  /** Throws why a call is to be given up: its signal was aborted, or the client was closed. */
  throwIfGivenUp(signal: AbortSignal | undefined): void {
    signal?.throwIfAborted();
    this.closing.signal.throwIfAborted();
  }

  /** Lets time pass between two attempts. Rejects when the call is given up. */
  async pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
    const going = linked([signal, this.closing.signal]);
    await pause(ms, going.signal).finally(going.release);
  }

  /** Makes a call; `read` is what of its answer the caller gets, `etag` the one that a change names, empty for none. */
  unary<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    request: Request<I>,
    options: CallOptions,
    read: (message: MessageShape<O>) => T,
    etag?: string,
  ): Answer<T> {
    const name = `${method.parent.typeName}.${method.name}`;
    const bounds = (): Bounds => ({
      limit: options.maxRetries ?? this.options.maxRetries,
      timeoutMs: options.timeoutMs ?? this.options.timeoutMs,
      repeatable: isRepeatable(name, etag),
    });
    return new Answer(this.#unary(method, request, options, read, bounds));
  }

  /** Makes a call that may take as long as a stream: it is bounded as given, not by what the client says of calls. */
  async lasting<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    request: Request<I>,
    options: CallOptions,
    read: (message: MessageShape<O>) => T,
    bounds: Bounds,
  ): Promise<T> {
    return (await this.#unary(method, request, options, read, () => bounds)).data;
  }

  /** Opens one stream, without retries: its reader knows where to resume. */
  stream<I extends DescMessage, O extends DescMessage>(
    method: DescMethodServerStreaming<I, O>,
    request: MessageInitShape<I>,
    headers: Headers,
    signal: AbortSignal,
    timeoutMs: number | undefined,
  ): Promise<StreamResponse<I, O>> {
    this.#checkOpen();
    const going = linked([signal, this.closing.signal]);
    signal.addEventListener("abort", going.release, { once: true });
    return this.channel.transport.stream(method, going.signal, timeoutMs, headers, once(request));
  }

  /** What one call carries beside its request, the same over all its attempts. Throws ConfigurationError. */
  headers(options: CallOptions): Headers {
    const headers = headersOf(options);
    headers.set("x-request-id", uuid());
    headers.set("traceparent", this.options.traceparent || traceparent());
    if (this.connection.apiKey !== "") {
      headers.set("authorization", `Bearer ${this.connection.apiKey}`);
    }
    return headers;
  }

  /** How often in a row a call that lasts, such as a stream, connects again without anything new. */
  reconnects(options: CallOptions): number {
    const { maxRetries, maxReconnects } = this.options;
    return (options.maxRetries ?? maxRetries) === 0 ? 0 : maxReconnects;
  }

  #checkOpen(): void {
    if (this.closing.signal.aborted) {
      throw new ConfigurationError("the client is closed; make a new one");
    }
  }

  async #unary<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    request: Request<I>,
    options: CallOptions,
    read: (message: MessageShape<O>) => T,
    bounds: () => Bounds,
  ): Promise<WithResponse<T>> {
    this.#checkOpen();
    checkCallOptions(options);
    const name = `${method.parent.typeName}.${method.name}`;
    const message = create(method.input, typeof request === "function" ? request() : request);
    checkShape(method.input, message);
    if (KEYED.has(name) && "requestId" in message) {
      message.requestId ||= uuid();
    }
    const going = linked([options.signal, this.closing.signal]);
    try {
      return await this.#attempts(method, message, options, going.signal, read, new Retries(this.options, bounds()));
    } catch (thrown) {
      const { taskId, requestId } = message as { taskId?: unknown; requestId?: unknown };
      throw about(thrown, typeof taskId === "string" ? taskId : "", typeof requestId === "string" ? requestId : "");
    } finally {
      going.release();
    }
  }

  async #attempts<I extends DescMessage, O extends DescMessage, T>(
    method: DescMethodUnary<I, O>,
    message: MessageShape<I>,
    options: CallOptions,
    signal: AbortSignal,
    read: (message: MessageShape<O>) => T,
    retries: Retries,
  ): Promise<WithResponse<T>> {
    const name = `${method.parent.typeName}.${method.name}`;
    const headers = this.headers(options);
    for (;;) {
      signal.throwIfAborted();
      const timeoutMs = retries.timeLeft();
      let answer: UnaryResponse<I, O>;
      try {
        const init = message as MessageInitShape<I>;
        answer = await this.channel.transport.unary(method, signal, timeoutMs, headers, init);
      } catch (thrown) {
        signal.throwIfAborted();
        const error = errorOf(thrown, headers.get("x-request-id") ?? "");
        if (retries.deletedBefore(name, error)) {
          const { requestId, traceId } = error;
          const response = { headers: new Headers(), trailers: new Headers(), requestId, traceId };
          return { data: read(create(method.output)), response };
        }
        await pause(retries.delayAfter(error), signal);
        continue;
      }
      return answerOf(answer, read);
    }
  }
}

function headersOf({ headers }: CallOptions): Headers {
  try {
    return new Headers(headers);
  } catch {
    // What the runtime throws shows the value, which may be a secret.
    throw new ConfigurationError(
      `headers: a name or a value of ${Object.keys(headers ?? {}).join(", ")} cannot be sent`,
    );
  }
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
