// Summarizes a file, or the text below: node examples/summarize.mjs [FILE]
// AION_SERVER and AION_API_KEY say where and as whom.

import { readFile } from "node:fs/promises";
import { Aion } from "@aion-tasks/sdk";

const [file] = process.argv.slice(2);
const text = file
  ? await readFile(file, "utf8")
  : "AION runs AI work under a promise. It says what it costs before it starts. It ends once.";

const client = new Aion();
const task = await client.tasks.run({ intent: "summarize", text, budgetUsd: 0 });
console.log(task.state, task.error?.message ?? task.result.summary);
console.log(`${task.engine.name}: ${task.usage.latencyMs} ms, ${task.usage.costUsd} USD`);
await client.close();
