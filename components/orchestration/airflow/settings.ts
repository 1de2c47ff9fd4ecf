import { z } from "zod";

import { dnsLabel, mode, podSelector, section, size } from "../../fields/fields";

export const airflow = section({
  mode: mode("existing", "off").default("off").describe("use an existing Airflow, or none; default off"),
  namespace: dnsLabel.default("airflow").describe("namespace of the existing Airflow; default airflow"),
  serviceAccount: dnsLabel
    .default("airflow-worker")
    .describe("service account that tasks run as; default airflow-worker"),
  podLabels: podSelector
    .default({ component: "worker" })
    .describe("labels of the pods that run tasks; default { component: worker }"),
  occupies: size({ cpu: 2, memory: "8Gi" }).describe("size of the existing Airflow, which plans count"),
  isolated: z
    .boolean()
    .default(false)
    .describe(
      "whether the namespace denies traffic by default, so that policies of its side are needed; default false",
    ),
}).prefault({});

export type AirflowSettings = z.output<typeof airflow>;
