import { join } from "node:path";

export const PROJECT_FOLDER = join(__dirname, "..");
export const PACK_FOLDER = join(PROJECT_FOLDER, "policies");
