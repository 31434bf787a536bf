/** What came of a task, as a question and as an error. */

import type { Task } from "./contract/tasks.js";
import { TaskCanceled, TaskFailed, TaskTimedOut } from "./errors.js";

/** Whether nothing can happen to the task any more. */
export function hasEnded(task: Task): boolean {
  return task.state === "OK" || task.state === "ERROR" || task.state === "TIMEOUT" || task.state === "CANCELED";
}

/** The task, unless it failed. Throws TaskFailed, TaskTimedOut or TaskCanceled. */
export function throwIfFailed<Result>(task: Task<Result>): Task<Result> {
  if (!hasEnded(task) || task.state === "OK") {
    return task;
  }
  const kind = task.state === "TIMEOUT" ? TaskTimedOut : task.state === "CANCELED" ? TaskCanceled : TaskFailed;
  const words = task.error?.message ?? "it gave no reason";
  throw new kind(`task ${task.taskId}: ${words}`, task, task.error?.code ?? task.state);
}
