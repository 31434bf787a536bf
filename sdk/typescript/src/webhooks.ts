/** Everything that can be done with webhooks, on the side that asks for them. `verifyWebhook` is for the receiver. */

import { create } from "@bufbuild/protobuf";
import type { Answer } from "./answers.js";
import type { Calls } from "./calls.js";
import {
  type NewWebhook,
  type RotatedSecret,
  readNewWebhook,
  readRotatedSecret,
  readWebhook,
  readWebhookDelivery,
  type Webhook,
  type WebhookDelivery,
  type WebhookInput,
  writeWebhook,
} from "./contract/webhooks.js";
import {
  WebhookDeliverySchema,
  WebhookSchema,
  WebhookService,
  type Webhook as WireWebhook,
} from "./gen/aion/v1/webhooks_pb.js";
import type { CallOptions } from "./options.js";
import { type ListOptions, Pages, pageSizeOf } from "./pages.js";

/** How a webhook is made, or its secret replaced. */
export interface SecretOptions extends CallOptions {
  /** Idempotency key: the same key gives the same webhook and the same secret, for 24 hours. One is made when none is given. */
  requestId?: string | undefined;
}

/** A webhook as it shall be. */
export interface WebhookChange extends WebhookInput {
  /** Its id. */
  webhookId: string;
}

/** Make, read, change and delete webhooks; look at their deliveries. */
export class Webhooks {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Makes a webhook; the answer shows its secret, once. */
  create(webhook: WebhookInput, options: SecretOptions = {}): Answer<NewWebhook> {
    const { requestId = "", ...rest } = options;
    const request = () => ({ webhook: writeWebhook(webhook), requestId });
    return this.#calls.unary(WebhookService.method.createWebhook, request, rest, readNewWebhook);
  }

  /** Reads a webhook. Throws NotFound. */
  get(webhookId: string, options: CallOptions = {}): Answer<Webhook> {
    return this.#calls.unary(WebhookService.method.getWebhook, { webhookId }, options, stored);
  }

  /** Iterate over the webhooks, oldest first. */
  list(query: ListOptions = {}, options: CallOptions = {}): Pages<Webhook> {
    const read = async (pageToken: string) => {
      const request = { pageSize: pageSizeOf(query), pageToken };
      return await this.#calls.unary(WebhookService.method.listWebhooks, request, options, (page) => ({
        items: page.webhooks.map(readWebhook),
        nextPageToken: page.nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }

  /**
   * Replaces the webhook of that id; its secret stays. Throws ChangedMeanwhile when its `etag` is no longer the stored
   * one. With an `etag` it is not sent again when its outcome is unknown: its own change would refuse it. Read it then.
   */
  update(webhook: WebhookChange, options: CallOptions = {}): Answer<Webhook> {
    const request = () => ({ webhookId: webhook.webhookId, webhook: writeWebhook(webhook) });
    return this.#calls.unary(WebhookService.method.updateWebhook, request, options, stored, webhook.etag ?? "");
  }

  /** Gives it a new secret; for 24 hours the old one signs as well. */
  rotateSecret(webhookId: string, options: SecretOptions = {}): Answer<RotatedSecret> {
    const { requestId = "", ...rest } = options;
    const request = { webhookId, requestId };
    return this.#calls.unary(WebhookService.method.rotateWebhookSecret, request, rest, readRotatedSecret);
  }

  /** Deletes it and what waits for it. Throws NotFound. */
  delete(webhookId: string, options: CallOptions = {}): Answer<void> {
    return this.#calls.unary(WebhookService.method.deleteWebhook, { webhookId }, options, () => undefined);
  }

  /** Iterate over its deliveries, newest first. */
  deliveries(webhookId: string, query: ListOptions = {}, options: CallOptions = {}): Pages<WebhookDelivery> {
    const read = async (pageToken: string) => {
      const request = { webhookId, pageSize: pageSizeOf(query), pageToken };
      return await this.#calls.unary(WebhookService.method.listWebhookDeliveries, request, options, (page) => ({
        items: page.deliveries.map(readWebhookDelivery),
        nextPageToken: page.nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }

  /** Sends a delivery again, whatever came of it, under the same id. */
  replay(webhookId: string, deliveryId: string, options: CallOptions = {}): Answer<WebhookDelivery> {
    const request = { webhookId, deliveryId };
    return this.#calls.unary(WebhookService.method.replayWebhookDelivery, request, options, ({ delivery }) =>
      readWebhookDelivery(delivery ?? create(WebhookDeliverySchema)),
    );
  }
}

function stored({ webhook }: { readonly webhook?: WireWebhook | undefined }): Webhook {
  return readWebhook(webhook ?? create(WebhookSchema));
}
