import type { Mistake } from "../fields/mistakes";
import type { Settings } from "./schema";

/** A rule over settings that are right one by one: the mistakes that it finds. */
export type Rule = (settings: Settings) => Iterable<Mistake>;
