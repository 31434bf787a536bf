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
 */
export type ModuleHealth = "UNKNOWN" | "READY" | "BROKEN";

const MODULE_HEALTH_NUMBERS: Record<Exclude<ModuleHealth, "UNKNOWN">, wire.ModuleHealth> = {
  READY: wire.ModuleHealth.READY,
  BROKEN: wire.ModuleHealth.BROKEN,
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
  };
}
