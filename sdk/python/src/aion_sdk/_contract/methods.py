"""The paths of the contract's RPCs, and which of them may be repeated.

Generated from proto/aion/v1 by `make generate`: do not edit.
"""

LIST_INTENTS = "/aion.v1.CatalogService/ListIntents"
LIST_MODULES = "/aion.v1.CatalogService/ListModules"
DESCRIBE_MODULE = "/aion.v1.CatalogService/DescribeModule"
SUBMIT = "/aion.v1.AionTasks/Submit"
STREAM = "/aion.v1.AionTasks/Stream"
STATUS_BY_ID = "/aion.v1.AionTasks/StatusById"
WATCH = "/aion.v1.AionTasks/Watch"
CANCEL = "/aion.v1.AionTasks/Cancel"
LIST_TASKS = "/aion.v1.AionTasks/ListTasks"
SUBMIT_BATCH = "/aion.v1.AionTasks/SubmitBatch"
RETRY = "/aion.v1.AionTasks/Retry"
EXPLAIN_DECISION = "/aion.v1.AionTasks/ExplainDecision"
CREATE_SCHEDULE = "/aion.v1.ScheduleService/CreateSchedule"
GET_SCHEDULE = "/aion.v1.ScheduleService/GetSchedule"
LIST_SCHEDULES = "/aion.v1.ScheduleService/ListSchedules"
UPDATE_SCHEDULE = "/aion.v1.ScheduleService/UpdateSchedule"
PAUSE_SCHEDULE = "/aion.v1.ScheduleService/PauseSchedule"
RESUME_SCHEDULE = "/aion.v1.ScheduleService/ResumeSchedule"
TRIGGER_SCHEDULE = "/aion.v1.ScheduleService/TriggerSchedule"
DELETE_SCHEDULE = "/aion.v1.ScheduleService/DeleteSchedule"
GET_SERVER_INFO = "/aion.v1.ServerService/GetServerInfo"
CREATE_TICKET = "/aion.v1.TicketService/CreateTicket"
CREATE_WEBHOOK = "/aion.v1.WebhookService/CreateWebhook"
GET_WEBHOOK = "/aion.v1.WebhookService/GetWebhook"
LIST_WEBHOOKS = "/aion.v1.WebhookService/ListWebhooks"
UPDATE_WEBHOOK = "/aion.v1.WebhookService/UpdateWebhook"
ROTATE_WEBHOOK_SECRET = "/aion.v1.WebhookService/RotateWebhookSecret"
DELETE_WEBHOOK = "/aion.v1.WebhookService/DeleteWebhook"
LIST_WEBHOOK_DELIVERIES = "/aion.v1.WebhookService/ListWebhookDeliveries"
REPLAY_WEBHOOK_DELIVERY = "/aion.v1.WebhookService/ReplayWebhookDelivery"

REPEATABLE = frozenset(
    {
        LIST_INTENTS,
        LIST_MODULES,
        DESCRIBE_MODULE,
        SUBMIT,
        STREAM,
        STATUS_BY_ID,
        WATCH,
        CANCEL,
        LIST_TASKS,
        SUBMIT_BATCH,
        RETRY,
        EXPLAIN_DECISION,
        CREATE_SCHEDULE,
        GET_SCHEDULE,
        LIST_SCHEDULES,
        PAUSE_SCHEDULE,
        RESUME_SCHEDULE,
        TRIGGER_SCHEDULE,
        DELETE_SCHEDULE,
        GET_SERVER_INFO,
        CREATE_TICKET,
        CREATE_WEBHOOK,
        GET_WEBHOOK,
        LIST_WEBHOOKS,
        ROTATE_WEBHOOK_SECRET,
        DELETE_WEBHOOK,
        LIST_WEBHOOK_DELIVERIES,
        REPLAY_WEBHOOK_DELIVERY,
    }
)
"""What does no more when it is called twice: its verb, its idempotency key or its nature says so."""
REPEATABLE_WITHOUT_ETAG = frozenset({UPDATE_SCHEDULE, UPDATE_WEBHOOK})
"""What may be called twice when it names no etag; its own change would refuse it else."""
DELETIONS = frozenset({DELETE_SCHEDULE, DELETE_WEBHOOK})
"""What finds nothing when it is called twice: NOT_FOUND after a lost answer says that it is done."""
KEYED = frozenset(
    {
        SUBMIT,
        STREAM,
        CANCEL,
        SUBMIT_BATCH,
        RETRY,
        TRIGGER_SCHEDULE,
        CREATE_WEBHOOK,
        ROTATE_WEBHOOK_SECRET,
    }
)
"""What takes an idempotency key, as `request_id`."""
RETRYABLE_CODES = frozenset({"ABORTED", "DEADLINE_EXCEEDED", "RESOURCE_EXHAUSTED", "UNAVAILABLE"})
"""Codes after which the same call may pass. CANCELLED is none: a call given up stays given up."""
NOTHING_WAS_DONE = frozenset({"DRAINING", "RATE_LIMITED"})
"""Reasons with which a call is refused before anything else is looked at."""
