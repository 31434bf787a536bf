// Makes a schedule, triggers it once, and deletes it: node examples/schedule.mjs

import { Aion } from "@aion-tasks/sdk";

const client = new Aion();
const made = await client.schedules.create({
  scheduleId: `example-${process.pid}`,
  cron: "30 6 * * MON-FRI",
  timeZone: "Europe/Paris",
  task: { intent: "summarize", text: "The news of the day. There is little. All is well." },
});
console.log(`fires next at ${made.nextFireTime?.toISOString()}`);
const { taskId } = await client.schedules.trigger(made.scheduleId);
const task = await client.tasks.watch(taskId).result();
console.log(`${task.scheduleId}: ${task.state}`);
await client.schedules.delete(made.scheduleId);
await client.close();
