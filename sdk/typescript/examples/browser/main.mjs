// A page that streams a summary. Bundle it: npx esbuild main.mjs --bundle --format=esm --outfile=bundle.js
// The server must name the page's origin in AION_CORS_ORIGINS. Give pages keys of few scopes only: who sees the page sees them.

import { Aion } from "@aion-tasks/sdk";

const form = document.querySelector("form");
const output = document.querySelector("output");

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const { server, key, text } = Object.fromEntries(new FormData(form));
  const client = new Aion({ server, apiKey: key });
  try {
    const stream = client.tasks.stream({ intent: "summarize", text });
    for await (const _ of stream) {
      output.textContent = stream.currentText;
    }
    output.dataset.state = stream.task.state;
  } catch (error) {
    output.textContent = `${error.name}: ${error.message}`;
  }
});
