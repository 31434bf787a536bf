// Redacts any number of files at once: node examples/batch.mjs FILE...
// Run again with the same key, it makes no second task.

import { readFile } from "node:fs/promises";
import { Aion } from "@aion-tasks/sdk";

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node examples/batch.mjs FILE...");
  process.exit(1);
}

const client = new Aion();
const specs = await Promise.all(files.map(async (file) => ({ intent: "redact", text: await readFile(file, "utf8") })));
const outcomes = await client.tasks.batch(specs, { requestId: process.env.BATCH_KEY });
for (const [index, outcome] of outcomes.entries()) {
  if (outcome.ok) {
    const task = await client.tasks.watch(outcome.task.taskId).result();
    console.log(`${files[index]}: ${task.state}`);
  } else {
    console.log(`${files[index]}: refused: ${outcome.error.message}`);
  }
}
await client.close();
