/**
 * Where the server is and how to prove who we are, before anything is opened.
 *
 * An API key is never sent where others can read it: over plaintext it goes to this machine only, unless `insecure`
 * says that the network is trusted.
 */

import type { Transport } from "@connectrpc/connect";
import { ConfigurationError } from "./errors.js";
import type { AionOptions, Protocol, TlsOptions } from "./options.js";

/** What differs between node and a browser. */
export interface Platform {
  /** The environment's variables; a browser has none. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The protocols that it can speak, the usual one first. */
  readonly protocols: readonly Protocol[];
  /** Where the server is when nobody says. Throws ConfigurationError when that cannot be known. */
  defaultServer(protocol: Protocol): string;
  /** Opens what calls go through. Throws ConfigurationError. */
  open(connection: Connection): Channel;
}

/** What calls go through. */
export interface Channel {
  readonly transport: Transport;
  /** Lets go of connections; calls in flight are given up. */
  close(): void;
}

/** A checked way to a server. */
export interface Connection {
  /** `http://` or `https://`, host and port. */
  readonly baseUrl: string;
  readonly protocol: Protocol;
  readonly tls: TlsOptions;
  readonly apiKey: string;
}

const PLAINTEXT = new Set(["http", "grpc"]);
const HEADER_SAFE = /^[\x21-\x7e]*$/;
const ENCRYPTED = new Set(["https", "grpcs"]);

/** Fills in what the environment says. Throws ConfigurationError when the key would travel in the clear. */
export function connectionOf(platform: Platform, options: AionOptions): Connection {
  const environment = platform.environment;
  const protocol = options.protocol ?? (platform.protocols[0] as Protocol);
  if (!platform.protocols.includes(protocol)) {
    throw new ConfigurationError(`protocol "${protocol}" is none of ${platform.protocols.join(", ")}, which work here`);
  }
  const address = options.server || environment["AION_SERVER"] || platform.defaultServer(protocol);
  const apiKey = options.apiKey || environment["AION_API_KEY"] || "";
  if (!HEADER_SAFE.test(apiKey)) {
    throw new ConfigurationError("the API key holds what no key has, such as a space or the end of a line");
  }
  const given = options.tls !== undefined;
  const tls = options.tls ?? tlsOf(environment);
  if ((tls.cert === undefined) !== (tls.key === undefined)) {
    throw new ConfigurationError("a client certificate needs both tls.cert and tls.key");
  }
  const [scheme, place] = split(address);
  if (PLAINTEXT.has(scheme) && given) {
    throw new ConfigurationError(`server "${address}" says plaintext but tls is given; use https:// or no scheme`);
  }
  const encrypted = scheme === "" ? given || Object.values(tls).some(Boolean) : ENCRYPTED.has(scheme);
  const url = urlOf(`${encrypted ? "https" : "http"}://${place}`, address);
  if (!encrypted && apiKey !== "" && options.insecure !== true && !isLoopback(url.hostname)) {
    throw new ConfigurationError(
      `the API key would travel unencrypted to ${url.host}; use https://, give tls: { ca }, or insecure: true on a ` +
        "network that you trust",
    );
  }
  return { baseUrl: url.href.replace(/\/+$/, ""), protocol, tls: encrypted ? tls : {}, apiKey };
}

/** Whether what is sent to this host stays on this machine. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}

function split(address: string): [string, string] {
  const found = /^([a-z]+):\/\/(.*)$/i.exec(address);
  const scheme = found?.[1]?.toLowerCase() ?? "";
  if (scheme !== "" && !PLAINTEXT.has(scheme) && !ENCRYPTED.has(scheme)) {
    throw new ConfigurationError(`server "${address}": use https://, http:// or host:port`);
  }
  return [scheme, found?.[2] ?? address];
}

function urlOf(text: string, address: string): URL {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new ConfigurationError(`server "${address}" is not host:port`, { cause });
  }
  if (url.username || url.password || url.search || url.hash) {
    throw new ConfigurationError(`server "${url.host}": give nothing but host, port and path; keys go into apiKey`);
  }
  return url;
}

function tlsOf(environment: Platform["environment"]): TlsOptions {
  const [ca, cert, key] = ["CA", "CERT", "KEY"].map((name) => environment[`AION_CLIENT_${name}`] || undefined);
  return { ca, cert, key };
}
