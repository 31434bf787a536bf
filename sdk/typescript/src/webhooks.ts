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
import { type ListOptions, Pages } from "./pages.js";

/**
 * Make, read, change and delete webhooks; look at their deliveries.
 *
 * `create` and `rotateSecret` are not sent again when their outcome is unknown: each would make another secret.
 */
export class Webhooks {
  readonly #calls: Calls;

  /** @internal */
  constructor(calls: Calls) {
    this.#calls = calls;
  }

  /** Makes a webhook; the answer shows its secret, once. */
  create(webhook: WebhookInput, options: CallOptions = {}): Answer<NewWebhook> {
    const request = () => ({ webhook: writeWebhook(webhook) });
    return this.#calls.unary(WebhookService.method.createWebhook, request, options, readNewWebhook);
  }

  /** Reads a webhook. Throws NotFound. */
  get(webhookId: string, options: CallOptions = {}): Answer<Webhook> {
    return this.#calls.unary(WebhookService.method.getWebhook, { webhookId }, options, stored);
  }

  /** Iterate over the webhooks, oldest first. */
  list(query: ListOptions = {}, options: CallOptions = {}): Pages<Webhook> {
    const read = async (pageToken: string) => {
      const request = { pageSize: query.pageSize ?? 0, pageToken };
      return await this.#calls.unary(WebhookService.method.listWebhooks, request, options, (page) => ({
        items: page.webhooks.map(readWebhook),
        nextPageToken: page.nextPageToken,
      }));
    };
    return new Pages(read, query.limit);
  }

  /** Replaces a webhook; its secret stays. */
  update(webhookId: string, webhook: WebhookInput, options: CallOptions = {}): Answer<Webhook> {
    const request = () => ({ webhookId, webhook: writeWebhook(webhook) });
    return this.#calls.unary(WebhookService.method.updateWebhook, request, options, stored);
  }

  /** Gives it a new secret; for 24 hours the old one signs as well. */
  rotateSecret(webhookId: string, options: CallOptions = {}): Answer<RotatedSecret> {
    return this.#calls.unary(WebhookService.method.rotateWebhookSecret, { webhookId }, options, readRotatedSecret);
  }

  /** Deletes it and what waits for it. Throws NotFound. */
  delete(webhookId: string, options: CallOptions = {}): Answer<void> {
    return this.#calls.unary(WebhookService.method.deleteWebhook, { webhookId }, options, () => undefined);
  }

  /** Iterate over its deliveries, newest first. */
  deliveries(webhookId: string, query: ListOptions = {}, options: CallOptions = {}): Pages<WebhookDelivery> {
    const read = async (pageToken: string) => {
      const request = { webhookId, pageSize: query.pageSize ?? 0, pageToken };
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
