import { PROJECT_FOLDER } from "../../inputs/project";
import { readStackFile, type StackConfig } from "../../inputs/stack-file";

const airflow = { mode: "existing", namespace: "airflow", occupies: { cpu: 1, memory: "2Gi" } };

/** Settings of the dev stack with an Airflow that the stack does not install. */
export const WITH_AIRFLOW = { "lakehouse:orchestration": JSON.stringify({ airflow }) };

export function devWithAirflow(): StackConfig {
  const file = readStackFile(PROJECT_FOLDER, "dev");
  return { ...file, values: { ...file.values, ...WITH_AIRFLOW } };
}
