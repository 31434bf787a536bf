// Receives webhooks and believes only those that AION signed: WEBHOOK_SECRET=whsec_... node examples/webhook-receiver.mjs [PORT]

import { createServer } from "node:http";
import { verifyWebhook, WebhookVerificationError } from "@aion-tasks/sdk";

const seen = new Set();

const server = createServer(async (request, response) => {
  const pieces = [];
  for await (const piece of request) {
    pieces.push(piece);
  }
  try {
    const event = await verifyWebhook(Buffer.concat(pieces), request.headers, process.env.WEBHOOK_SECRET);
    if (!seen.has(event.deliveryId)) {
      seen.add(event.deliveryId); // a delivery may come more than once
      console.log(event.type, event.data.task_id);
    }
    response.writeHead(204).end();
  } catch (error) {
    response.writeHead(error instanceof WebhookVerificationError ? 400 : 500).end();
    console.error(error.message);
  }
});

server.listen(Number(process.argv[2] ?? 8099), "127.0.0.1", () => {
  console.log(`listening on ${server.address().port}`);
});
