// Generated from proto/ by `make generate`: do not edit.

/** What does no more when it is called twice: its verb, its idempotency key or its nature says so. */
export const REPEATABLE: ReadonlySet<string> = new Set([
  "aion.v1.CatalogService.ListIntents",
  "aion.v1.CatalogService.ListModules",
  "aion.v1.CatalogService.DescribeModule",
  "aion.v1.ScheduleService.CreateSchedule",
  "aion.v1.ScheduleService.GetSchedule",
  "aion.v1.ScheduleService.ListSchedules",
  "aion.v1.ScheduleService.PauseSchedule",
  "aion.v1.ScheduleService.ResumeSchedule",
  "aion.v1.ScheduleService.TriggerSchedule",
  "aion.v1.ScheduleService.DeleteSchedule",
  "aion.v1.ServerService.GetServerInfo",
  "aion.v1.AionTasks.Submit",
  "aion.v1.AionTasks.Stream",
  "aion.v1.AionTasks.StatusById",
  "aion.v1.AionTasks.Watch",
  "aion.v1.AionTasks.Cancel",
  "aion.v1.AionTasks.ListTasks",
  "aion.v1.AionTasks.SubmitBatch",
  "aion.v1.AionTasks.Retry",
  "aion.v1.AionTasks.ExplainDecision",
  "aion.v1.TicketService.CreateTicket",
  "aion.v1.WebhookService.CreateWebhook",
  "aion.v1.WebhookService.GetWebhook",
  "aion.v1.WebhookService.ListWebhooks",
  "aion.v1.WebhookService.RotateWebhookSecret",
  "aion.v1.WebhookService.DeleteWebhook",
  "aion.v1.WebhookService.ListWebhookDeliveries",
  "aion.v1.WebhookService.ReplayWebhookDelivery",
]);

/** What may be called twice when it names no etag; its own change would refuse it else. */
export const REPEATABLE_WITHOUT_ETAG: ReadonlySet<string> = new Set([
  "aion.v1.ScheduleService.UpdateSchedule",
  "aion.v1.WebhookService.UpdateWebhook",
]);

/** What finds nothing when it is called twice: NOT_FOUND after a lost answer says that it is done. */
export const DELETIONS: ReadonlySet<string> = new Set([
  "aion.v1.ScheduleService.DeleteSchedule",
  "aion.v1.WebhookService.DeleteWebhook",
]);

/** What takes an idempotency key, as `requestId`. */
export const KEYED: ReadonlySet<string> = new Set([
  "aion.v1.ScheduleService.TriggerSchedule",
  "aion.v1.AionTasks.Submit",
  "aion.v1.AionTasks.Stream",
  "aion.v1.AionTasks.Cancel",
  "aion.v1.AionTasks.SubmitBatch",
  "aion.v1.AionTasks.Retry",
  "aion.v1.WebhookService.CreateWebhook",
  "aion.v1.WebhookService.RotateWebhookSecret",
]);

/** Codes after which the same call may pass. CANCELLED is none: a call given up stays given up. */
export const RETRYABLE_CODES: ReadonlySet<string> = new Set([
  "ABORTED",
  "DEADLINE_EXCEEDED",
  "RESOURCE_EXHAUSTED",
  "UNAVAILABLE",
]);

/** Reasons with which a call is refused before anything else is looked at. */
export const NOTHING_WAS_DONE: ReadonlySet<string> = new Set(["DRAINING", "RATE_LIMITED"]);
