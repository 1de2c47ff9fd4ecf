/** Public API for programs that compose a platform of their own: docs/compose.md. */
export { Catalog } from "./catalog";
export { Compute } from "./compute";
export { type Given, combined } from "./core/given";
export { ground, type Ground } from "./ground";
export { Lakehouse, type LakehouseArgs } from "./lakehouse";
export type { StackOutputs } from "./outputs";
export { Observability } from "./observability";
export { Orchestration } from "./orchestration";
export { Query } from "./query";
export { type Settings, settingsFrom, SettingsError } from "./settings";
export { describeStack, type Stack } from "./stack";
export { Storage } from "./storage";
export { Processing, Streaming } from "./streaming";
