/** Where a client goes, and what it never sends in the clear. */

import { expect, test, vi } from "vitest";
import { Aion as BrowserAion } from "../../src/browser.js";
import { connectionOf, type Platform } from "../../src/connection.js";
import { Aion, type AionOptions } from "../../src/index.js";

function resolve(options: AionOptions, environment: Record<string, string> = {}) {
  const platform: Platform = {
    environment,
    protocols: ["grpc", "connect"],
    defaultServer: () => "127.0.0.1:50051",
    open: () => {
      throw new Error("nothing is opened here");
    },
  };
  return connectionOf(platform, options);
}

test.each([
  [{}, "http://127.0.0.1:50051"],
  [{ server: "localhost:1234" }, "http://localhost:1234"],
  [{ server: "grpc://localhost:1234/" }, "http://localhost:1234"],
  [{ server: "https://aion.example" }, "https://aion.example"],
  [{ server: "grpcs://aion.example:8443" }, "https://aion.example:8443"],
  [{ server: "aion.example:443", tls: {} }, "https://aion.example"],
  [{ server: "https://example.com/aion/" }, "https://example.com/aion"],
  [{ server: "[::1]:50051" }, "http://[::1]:50051"],
] as const)("%j goes to %s", (options, baseUrl) => {
  expect(resolve(options).baseUrl).toBe(baseUrl);
});

test("what is not said is taken from the environment", () => {
  const environment = {
    AION_SERVER: "aion.example:50051",
    AION_API_KEY: "aion_key",
    AION_CLIENT_CA: "ca.pem",
    AION_CLIENT_CERT: "c.pem",
    AION_CLIENT_KEY: "c.key",
  };
  expect(resolve({}, environment)).toEqual({
    baseUrl: "https://aion.example:50051",
    protocol: "grpc",
    apiKey: "aion_key",
    tls: { ca: "ca.pem", cert: "c.pem", key: "c.key" },
  });
  expect(resolve({ server: "http://localhost:1", apiKey: "mine" }, environment)).toMatchObject({
    apiKey: "mine",
    tls: {},
  });
});

test.each([
  [{ server: "http://aion.example", apiKey: "aion_key" }, "would travel unencrypted to aion.example"],
  [{ server: "10.0.0.1:50051", apiKey: "aion_key" }, "would travel unencrypted"],
  [{ server: "localhost.evil.example:1", apiKey: "aion_key" }, "would travel unencrypted"],
  [{ server: "http://localhost:1", tls: {} }, "says plaintext but tls is given"],
  [{ server: "ftp://localhost" }, "use https://, http:// or host:port"],
  [{ server: "a b" }, "is not host:port"],
  [{ server: "https://key@aion.example" }, "keys go into apiKey"],
  [{ tls: { cert: "c.pem" } }, "needs both tls.cert and tls.key"],
  [{ protocol: "grpc-web" }, "is none of grpc, connect"],
] as const)("%j is refused: %s", (options, words) => {
  expect(() => resolve(options)).toThrow(words);
});

test("a key that cannot go into a header is refused, and not shown", () => {
  expect(() => resolve({ apiKey: "sec\nret" })).toThrow(/^(?!.*ret).*end of a line$/s);
});

test.each([
  [{ maxRetries: 1.5 }, "maxRetries must be 0 or more, and whole"],
  [{ traceparent: "xx" }, "traceparent must be"],
  [{ timeout: 5 }, "the client has no option timeout"],
])("the options %j are refused: %s", (options, words) => {
  expect(() => new Aion(options as AionOptions)).toThrow(words);
  expect(() => new Aion().withOptions(options as AionOptions)).toThrow(words);
});

test("certificates that do not fit together are refused before anything is sent", () => {
  const tls = { cert: "-----BEGIN CERTIFICATE-----", key: "-----BEGIN PRIVATE KEY-----" };
  expect(() => new Aion({ server: "https://aion.example", tls })).toThrow("cannot be used together");
});

test("insecure says that the network is trusted", () => {
  expect(resolve({ server: "10.0.0.1:50051", apiKey: "k", insecure: true }).baseUrl).toBe("http://10.0.0.1:50051");
});

test("a certificate that cannot be read is named", () => {
  expect(() => new Aion({ server: "https://aion.example", tls: { ca: "/nowhere/ca.pem" } })).toThrow(
    "tls.ca: cannot read",
  );
});

test("numbers that make no sense are refused", () => {
  expect(() => new Aion({ maxRetries: -1 })).toThrow("maxRetries must be 0 or more");
  expect(() => new Aion({ timeoutMs: Number.NaN })).toThrow("timeoutMs must be more than 0");
});

test("in a browser the page's own origin is the default, and there are no certificates to give", () => {
  expect(() => new BrowserAion()).toThrow("no origin of its own");
  vi.stubGlobal("location", { origin: "https://app.example" });
  expect(() => new BrowserAion()).not.toThrow();
  expect(() => new BrowserAion({ tls: { ca: "x" } })).toThrow("leave it out");
  expect(() => new BrowserAion({ protocol: "grpc" })).toThrow("none of connect, grpc-web");
  vi.unstubAllGlobals();
});
