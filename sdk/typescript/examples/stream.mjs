// Prints a summary while it is written: node examples/stream.mjs FILE
// A lost connection is noticed and resumed; Ctrl-C leaves the stream and not the task.

import { readFile } from "node:fs/promises";
import { Aion } from "@aion-tasks/sdk";

const [file] = process.argv.slice(2);
if (!file) {
  console.error("usage: node examples/stream.mjs FILE");
  process.exit(1);
}

const leaving = new AbortController();
process.once("SIGINT", () => leaving.abort(new Error("interrupted; the task goes on")));

const client = new Aion();
const stream = client.tasks.stream(
  { intent: "summarize", text: await readFile(file, "utf8") },
  { signal: leaving.signal },
);
for await (const event of stream) {
  switch (event.kind) {
    case "TOKEN":
      process.stdout.write(event.text);
      break;
    case "RESET":
      process.stdout.write("\n(a new attempt begins)\n");
      break;
    case "DONE":
    case "ERROR":
      process.stdout.write("\n");
  }
}
console.log(`${stream.task.state} after ${stream.lastOffset} events`);
await client.close();
