import { PROJECT_FOLDER } from "../../cli/project";
import { readStackFile, type StackConfig } from "../../cli/stack-file";

const airflow = { mode: "existing", namespace: "airflow", occupies: { cpu: 1, memory: "2Gi" } };

/** The dev stack has no Airflow: these settings add one that somebody else runs. */
export const WITH_AIRFLOW = { "lakehouse:orchestration": JSON.stringify({ airflow }) };

export function devWithAirflow(): StackConfig {
  const file = readStackFile(PROJECT_FOLDER, "dev");
  return { ...file, values: { ...file.values, ...WITH_AIRFLOW } };
}
