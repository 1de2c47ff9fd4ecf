import type { SourceFile } from ".";
import { jdbc } from "./jdbc";

/** Texts are `String`, which the connector would show as bytes. The URL names no database: each database is a schema. */
export const clickhouse: SourceFile = (facts) => `${jdbc("clickhouse")(facts)}clickhouse.map-string-as-varchar=true\n`;
