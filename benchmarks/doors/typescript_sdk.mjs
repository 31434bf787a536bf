// The TypeScript SDK as a program uses it: closed loop, then open loop. The last line is the result as JSON.
// node typescript_sdk.mjs IN_FLIGHT SECONDS RATE TEXT

import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { Aion } from "../../sdk/typescript/dist/index.js";

const [inFlight, seconds, rate] = process.argv.slice(2, 5).map(Number);
const text = process.argv[5];
const client = new Aion();

async function call() {
  const task = await client.tasks.run({ intent: "redact", text });
  if (task.state !== "OK" || task.replayed || !JSON.stringify(task.result).includes("EMAIL_1")) {
    throw new Error(`a wrong answer: ${task.state} ${JSON.stringify(task.error)}`);
  }
}

async function closedLoop() {
  const warm = performance.now() + seconds * 200;
  const end = warm + seconds * 1000;
  const before = process.cpuUsage();
  let made = 0;
  let counted = 0;
  async function loop() {
    for (let now = performance.now(); now < end; now = performance.now()) {
      await call();
      made += 1;
      counted += now >= warm ? 1 : 0;
    }
  }
  await Promise.all(Array.from({ length: inFlight }, loop));
  const took = (performance.now() - warm) / 1000;
  const used = process.cpuUsage(before);
  return { perSecond: counted / took, made, clientUs: (used.user + used.system) / made };
}

async function openLoop() {
  const latencies = [];
  const calls = [];
  async function one(due) {
    await call();
    latencies.push((performance.now() - due) / 1000);
  }
  await call();
  const begin = performance.now() + 100;
  for (let number = 0; number < rate * seconds; number += 1) {
    const due = begin + (number * 1000) / rate;
    const left = due - performance.now();
    if (left > 0) await pause(left);
    calls.push(one(due));
  }
  await Promise.all(calls);
  return latencies.sort((a, b) => a - b);
}

const pace = await closedLoop();
console.log(JSON.stringify({ ...pace, latencies: await openLoop() }));
await client.close();
