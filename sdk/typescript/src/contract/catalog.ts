// Generated from proto/ by `make generate`: do not edit.
//
// What this AION can do: its intents and the modules behind them.

import { namesByNumber, numberOf, readJson, readMs } from "../convert.js";
import * as wire from "../gen/aion/v1/catalog_pb.js";

/**
 * Whether a module can run. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `READY`: It can run.
 * - `BROKEN`: It cannot; `healthReason` says why.
 * - `PREPARING`: It is being compiled; `healthReason` says since when. Tasks for it are accepted and wait.
 */
export type ModuleHealth = "UNKNOWN" | "READY" | "BROKEN" | "PREPARING";

const MODULE_HEALTH_NUMBERS: Record<Exclude<ModuleHealth, "UNKNOWN">, wire.ModuleHealth> = {
  READY: wire.ModuleHealth.READY,
  BROKEN: wire.ModuleHealth.BROKEN,
  PREPARING: wire.ModuleHealth.PREPARING,
};
const MODULE_HEALTH_NAMES = namesByNumber(MODULE_HEALTH_NUMBERS);

/** @internal */
export function readModuleHealth(value: wire.ModuleHealth): ModuleHealth {
  return MODULE_HEALTH_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeModuleHealth(value: ModuleHealth, field: string): wire.ModuleHealth {
  return numberOf(field, MODULE_HEALTH_NUMBERS, value);
}

/**
 * What a module's file is. A value that a newer server added reads as `UNKNOWN`.
 *
 * - `CORE`: A WebAssembly core module over WASI preview 1.
 * - `COMPONENT`: A WebAssembly component over WASI 0.2.
 */
export type ModuleKind = "UNKNOWN" | "CORE" | "COMPONENT";

const MODULE_KIND_NUMBERS: Record<Exclude<ModuleKind, "UNKNOWN">, wire.ModuleKind> = {
  CORE: wire.ModuleKind.CORE,
  COMPONENT: wire.ModuleKind.COMPONENT,
};
const MODULE_KIND_NAMES = namesByNumber(MODULE_KIND_NUMBERS);

/** @internal */
export function readModuleKind(value: wire.ModuleKind): ModuleKind {
  return MODULE_KIND_NAMES.get(value) ?? "UNKNOWN";
}

/** @internal */
export function writeModuleKind(value: ModuleKind, field: string): wire.ModuleKind {
  return numberOf(field, MODULE_KIND_NUMBERS, value);
}

/** Something that a client can ask for. */
export interface Intent {
  /** Its name, such as `summarize`. */
  readonly name: string;
  /** What it does, for people. */
  readonly description: string;
  /** JSON Schema (2020-12) of the input. */
  readonly inputSchema: unknown | null;
  /** JSON Schema (2020-12) of the result. */
  readonly outputSchema: unknown | null;
  /** The engines that may serve it. */
  readonly engines: readonly string[];
  /** How long a task lives when the request does not say. */
  readonly defaultExpiryMs: number | null;
}

/** @internal */
export function readIntent(message: wire.Intent): Intent {
  return {
    name: message.name,
    description: message.description,
    inputSchema: readJson<unknown>(message.inputSchemaJson),
    outputSchema: readJson<unknown>(message.outputSchemaJson),
    engines: [...message.engines],
    defaultExpiryMs: message.defaultExpiry === undefined ? null : readMs(message.defaultExpiry),
  };
}

/** One installed module version. */
export interface Module {
  /** Its name, such as `summarize`. */
  readonly name: string;
  /** Its version (semver). */
  readonly version: string;
  /** Digest of the WASM binary, `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** The intents that it serves. */
  readonly intents: readonly string[];
  /** Whether it can run. */
  readonly health: ModuleHealth;
  /** Why it cannot run; empty when it can. */
  readonly healthReason: string;
  /** Time limit of one attempt. */
  readonly timeoutMs: number | null;
  /** Limit of its memory in bytes. */
  readonly memoryBytes: number;
  /** Limit of its fuel; 0 means unlimited. */
  readonly fuel: number;
  /** Licence (SPDX). */
  readonly license: string;
  /** What it does, for people; empty when its author does not say. */
  readonly description: string;
  /** Who made it. */
  readonly authors: readonly string[];
  /** What its file is. */
  readonly kind: ModuleKind;
  /** The most attempts of it at once in one process; 0 means that only the worker's slots bound them. */
  readonly concurrency: number;
  /** The same input gives the same result and burns the same fuel. */
  readonly deterministic: boolean;
  /** What of its host is real: `clock`, `random`, `log`. What is not named is a fixed stub. */
  readonly hostPermissions: readonly string[];
  /** How many failures of the work are tried again. */
  readonly retries: number;
}

/** @internal */
export function readModule(message: wire.Module): Module {
  return {
    name: message.name,
    version: message.version,
    digest: message.digest,
    intents: [...message.intents],
    health: readModuleHealth(message.health),
    healthReason: message.healthReason,
    timeoutMs: message.timeout === undefined ? null : readMs(message.timeout),
    memoryBytes: Number(message.memoryBytes),
    fuel: Number(message.fuel),
    license: message.license,
    description: message.description,
    authors: [...message.authors],
    kind: readModuleKind(message.kind),
    concurrency: message.concurrency,
    deterministic: message.deterministic,
    hostPermissions: [...message.hostPermissions],
    retries: message.retries,
  };
}

/** A call of a module as its author wrote it down. */
export interface ModuleExample {
  /** Its name, such as `invoice`. */
  readonly name: string;
  /** The input, a JSON object. */
  readonly input: unknown | null;
  /** The result, a JSON object; empty when the author gave only a part of it. */
  readonly result: unknown | null;
}

/** @internal */
export function readModuleExample(message: wire.ModuleExample): ModuleExample {
  return {
    name: message.name,
    input: readJson<unknown>(message.inputJson),
    result: readJson<unknown>(message.resultJson),
  };
}
