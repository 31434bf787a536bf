/** What a call answers with: a promise of its value, that can show what came along with it. */

/** What came along with an answer. */
export interface RawResponse {
  readonly headers: Headers;
  readonly trailers: Headers;
  /** The id under which the server's log knows the call. */
  readonly requestId: string;
  /** The W3C trace id of the call. */
  readonly traceId: string;
}

/** A value and what came along with it. */
export interface WithResponse<T> {
  readonly data: T;
  readonly response: RawResponse;
}

/** A promise of the value; `withResponse` is one of the value with the headers and trailers of its answer. */
export class Answer<T> implements Promise<T> {
  readonly [Symbol.toStringTag] = "Answer";
  readonly #answer: Promise<WithResponse<T>>;

  /** @internal */
  constructor(answer: Promise<WithResponse<T>>) {
    this.#answer = answer;
  }

  /** The value, with the headers and trailers of its answer. */
  withResponse(): Promise<WithResponse<T>> {
    return this.#answer;
  }

  // biome-ignore lint/suspicious/noThenProperty: this is a promise
  then<Kept = T, Caught = never>(
    onfulfilled?: ((value: T) => Kept | PromiseLike<Kept>) | null,
    onrejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#answer.then(({ data }) => data).then(onfulfilled, onrejected);
  }

  catch<Caught = never>(onrejected?: ((reason: unknown) => Caught | PromiseLike<Caught>) | null): Promise<T | Caught> {
    return this.then(undefined, onrejected);
  }

  finally(onfinally?: (() => void) | null): Promise<T> {
    return this.then().finally(onfinally);
  }
}
