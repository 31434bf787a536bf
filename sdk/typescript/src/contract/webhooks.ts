// Generated from proto/ by `make generate`: do not edit.
//
// Calls that AION makes when a task has ended, as Standard Webhooks describes them.

import { create, type MessageInitShape } from "@bufbuild/protobuf";
import { checkMembers, namesByNumber, numberOf, readDate, writeList } from "../convert.js";
import { WebhookSchema } from "../gen/aion/v1/webhooks_pb.js";
import { readTaskState, type TaskState, writeTaskState } from "./lifecycle.js";
import * as wire from "../gen/aion/v1/webhooks_pb.js";

/**
 * Where a delivery is in its life. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `PENDING`: It waits for its first or its next attempt.
 * - `DELIVERED`: The receiver answered 2xx.
 * - `FAILED`: Every attempt failed, the webhook was disabled, or too many waited; it can be replayed.
 */
export type DeliveryState = "UNKNOWN" | "PENDING" | "DELIVERED" | "FAILED";

const DELIVERY_STATE_NUMBERS: Record<Exclude<DeliveryState, "UNKNOWN">, wire.DeliveryState> = {
  PENDING: wire.DeliveryState.PENDING,
  DELIVERED: wire.DeliveryState.DELIVERED,
  FAILED: wire.DeliveryState.FAILED,
};
const DELIVERY_STATE_NAMES = namesByNumber(DELIVERY_STATE_NUMBERS);

/** @internal */
export function readDeliveryState(value: wire.DeliveryState): DeliveryState {
  return DELIVERY_STATE_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeDeliveryState(value: DeliveryState, field: string): wire.DeliveryState {
  return numberOf(field, DELIVERY_STATE_NUMBERS, value);
}

/** An address that wants to hear of ended tasks. */
export interface Webhook {
  /** Its id; AION makes it. */
  readonly webhookId: string;
  /** Where deliveries are sent: HTTPS and a public address, unless the operator allows more. */
  readonly url: string;
  /** Only tasks that ended in one of these states; empty means all. */
  readonly states: readonly TaskState[];
  /** Only tasks of these intents; empty means all. */
  readonly intents: readonly string[];
  /** A word to people on what it is for. */
  readonly description: string;
  /** It gets no deliveries while it is disabled. */
  readonly disabled: boolean;
  /** Output: why AION disabled it, such as days of failures; empty when it did not. */
  readonly disableReason: string;
  /** Output: when it was made. */
  readonly createTime: Date | null;
  /** Output: when a client last changed it, or AION disabled it. */
  readonly updateTime: Date | null;
  /**
   * Another one after every change of what is above, AION's disabling included; an update that names an older one is
   * refused (AIP-154).
   */
  readonly etag: string;
}

/** @internal */
export function readWebhook(message: wire.Webhook): Webhook {
  return {
    webhookId: message.webhookId,
    url: message.url,
    states: message.states.map((item) => readTaskState(item)),
    intents: [...message.intents],
    description: message.description,
    disabled: message.disabled,
    disableReason: message.disableReason,
    createTime: message.createTime === undefined ? null : readDate(message.createTime),
    updateTime: message.updateTime === undefined ? null : readDate(message.updateTime),
    etag: message.etag,
  };
}

/** An address that wants to hear of ended tasks. */
export interface WebhookInput {
  /** Where deliveries are sent: HTTPS and a public address, unless the operator allows more. */
  url: string;
  /** Only tasks that ended in one of these states; empty means all. */
  states?: readonly TaskState[] | undefined;
  /** Only tasks of these intents; empty means all. */
  intents?: readonly string[] | undefined;
  /** A word to people on what it is for. */
  description?: string | undefined;
  /** It gets no deliveries while it is disabled. */
  disabled?: boolean | undefined;
  /**
   * Another one after every change of what is above, AION's disabling included; an update that names an older one is
   * refused (AIP-154).
   */
  etag?: string | undefined;
}

/** @internal */
export const WEBHOOK_MEMBERS = [
  "webhookId",
  "url",
  "states",
  "intents",
  "description",
  "disabled",
  "disableReason",
  "createTime",
  "updateTime",
  "etag",
];

/** @internal */
export function writeWebhook(input: WebhookInput): MessageInitShape<typeof wire.WebhookSchema> {
  checkMembers("webhook", input, WEBHOOK_MEMBERS);
  return {
    url: input.url,
    states: input.states === undefined ? undefined : writeList(input.states, "states").map((item) => writeTaskState(item, "states")),
    intents: input.intents === undefined ? undefined : [...writeList(input.intents, "intents")],
    description: input.description,
    disabled: input.disabled,
    etag: input.etag,
  };
}

/** One message to one webhook. */
export interface WebhookDelivery {
  /** Its id, the `webhook-id` header of every attempt: receivers drop what they have seen. */
  readonly deliveryId: string;
  /** The webhook. */
  readonly webhookId: string;
  /** The ended task. */
  readonly taskId: string;
  /** `task.ok`, `task.error`, `task.timeout` or `task.canceled`. */
  readonly event: string;
  /** Where it is in its life. */
  readonly state: DeliveryState;
  /** How many attempts were made. */
  readonly attempts: number;
  /** HTTP status of the last attempt; 0 when there was no answer. */
  readonly lastStatus: number;
  /** What went wrong with the last attempt, for people. */
  readonly lastError: string;
  /** When it was made. */
  readonly createTime: Date | null;
  /** When the last attempt was made; unset before the first. */
  readonly lastAttemptTime: Date | null;
  /** When the next attempt is made; unset when none is. */
  readonly nextAttemptTime: Date | null;
}

/** @internal */
export function readWebhookDelivery(message: wire.WebhookDelivery): WebhookDelivery {
  return {
    deliveryId: message.deliveryId,
    webhookId: message.webhookId,
    taskId: message.taskId,
    event: message.event,
    state: readDeliveryState(message.state),
    attempts: message.attempts,
    lastStatus: message.lastStatus,
    lastError: message.lastError,
    createTime: message.createTime === undefined ? null : readDate(message.createTime),
    lastAttemptTime: message.lastAttemptTime === undefined ? null : readDate(message.lastAttemptTime),
    nextAttemptTime: message.nextAttemptTime === undefined ? null : readDate(message.nextAttemptTime),
  };
}

/** The new webhook. */
export interface NewWebhook {
  /** As it is stored. */
  readonly webhook: Webhook;
  /**
   * The secret that its deliveries are signed with, `whsec_` and base64. Shown once, and to a retry with the same key.
   */
  readonly secret: string;
}

/** @internal */
export function readNewWebhook(message: wire.CreateWebhookResponse): NewWebhook {
  return {
    webhook: readWebhook(message.webhook ?? create(WebhookSchema)),
    secret: message.secret,
  };
}

/** The new secret. For 24 hours deliveries carry a signature by the old one, too. */
export interface RotatedSecret {
  /** `whsec_` and base64. Shown once, and to a retry with the same key. */
  readonly secret: string;
  /** Until when the old secret signs as well. */
  readonly oldSecretExpireTime: Date | null;
}

/** @internal */
export function readRotatedSecret(message: wire.RotateWebhookSecretResponse): RotatedSecret {
  return {
    secret: message.secret,
    oldSecretExpireTime: message.oldSecretExpireTime === undefined ? null : readDate(message.oldSecretExpireTime),
  };
}
