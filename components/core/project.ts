import { join } from "node:path";

/** The folder of the project. Jobs, runbooks and charts are read from it. */
export const PROJECT = join(__dirname, "..", "..");
