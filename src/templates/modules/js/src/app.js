// The component: exports wasi:cli/run, which answers one call by AION's module ABI v1.
import { getStderr } from "wasi:cli/stderr@0.2.0";
import { getStdin } from "wasi:cli/stdin@0.2.0";
import { getStdout } from "wasi:cli/stdout@0.2.0";
import { Refusal } from "./parameters.js";
import { work } from "./work.js";

const PIECE = 4096; // the most that one write of WASI takes

function read(stream) {
  const pieces = [];
  for (;;) {
    try {
      pieces.push(stream.blockingRead(65536n));
    } catch (ended) {
      if (ended?.payload?.tag !== "closed") throw ended;
      break;
    }
  }
  const all = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0));
  pieces.reduce((at, piece) => (all.set(piece, at), at + piece.length), 0);
  return new TextDecoder("utf-8", { fatal: true }).decode(all);
}

function write(stream, text) {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += PIECE) stream.blockingWriteAndFlush(bytes.subarray(at, at + PIECE));
}

export const run = {
  run() {
    const out = getStdout();
    const line = (value) => write(out, `${JSON.stringify(value)}\n`);
    const lines = {
      token: (text) => line({ type: "token", text }),
      partial: (data) => line({ type: "partial", data }),
      log: (message) => line({ type: "log", level: "info", message }),
    };
    try {
      line({ type: "result", data: work(JSON.parse(read(getStdin())), lines) });
    } catch (error) {
      write(getStderr(), error instanceof Refusal ? `input refused: ${error.message}\n` : `${error}\n${error.stack}\n`);
      throw error; // the run failed
    }
  },
};
