import { join } from "node:path";

import { PROJECT_FOLDER } from "../../../inputs/project";

/** Folder of the job's code. */
export const SERVICE = join(PROJECT_FOLDER, "services", "sources");
