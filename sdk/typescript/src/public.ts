/** What both entries export, beside their `Aion`: everything that users may name. */

export type { Answer, RawResponse, WithResponse } from "./answers.js";
export type { BatchOptions, BatchOutcome } from "./batch.js";
export type { Catalog, ModuleDescription, Server } from "./catalog.js";
export type { AionClient } from "./client.js";
export type { Intent, Module, ModuleExample, ModuleHealth, ModuleKind } from "./contract/catalog.js";
export type { Candidate, Decision, Refusal, RefusalReason } from "./contract/decisions.js";
export type { ErrorReason } from "./contract/errors.js";
export type { EventKind } from "./contract/events.js";
export type { Attempt, AttemptOutcome, TaskState } from "./contract/lifecycle.js";
export type { CatchUp, Overlap, Schedule, ScheduleInput } from "./contract/schedules.js";
export type { ServerInfo } from "./contract/server.js";
export type { Engine, Failure, Task, TaskRequest, Usage } from "./contract/tasks.js";
export type { Ticket } from "./contract/tickets.js";
export type {
  DeliveryState,
  NewWebhook,
  RotatedSecret,
  Webhook,
  WebhookDelivery,
  WebhookInput,
} from "./contract/webhooks.js";
export * from "./errors.js";
export {
  type DoneEvent,
  type ErrorEvent,
  type EventFacts,
  isLast,
  type LogEvent,
  type PartialEvent,
  type ResetEvent,
  type TaskEvent,
  type TokenEvent,
  textOf,
  type UnknownEvent,
} from "./events.js";
export type { AionOptions, CallDefaults, CallOptions, Protocol, TlsOptions } from "./options.js";
export { hasEnded, throwIfFailed } from "./outcomes.js";
export type { ListOptions, Page, Pages } from "./pages.js";
export type { Schedules, TriggerOptions } from "./schedules.js";
export type { Privacy, Sla, SlaInput } from "./sla.js";
export type { TaskSpec } from "./spec.js";
export type { TaskStream } from "./streams.js";
export type { RetryOptions, SubmitOptions, TaskQuery, Tasks, WatchOptions } from "./tasks.js";
export type { TicketSpec, Tickets } from "./tickets.js";
export { type VerifyOptions, verifyWebhook, type WebhookEvent, type WebhookHeaders } from "./verify.js";
export { VERSION } from "./version.js";
export type { SecretOptions, WebhookChange, Webhooks } from "./webhooks.js";
