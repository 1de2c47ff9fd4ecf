import { deepEqual, equal, ok } from "node:assert/strict";

import { JOB_NAMESPACE } from "../../../components/core/governance";
import type { KubernetesObject } from "../../../sandbox/control-plane/api";
import { until } from "../../../sandbox/core/until";
import type { AirflowClient } from "../../../sandbox/engines/airflow/client";
import type { Engine } from "../../../sandbox/engines/engine";
import { type Catalogue, checked, type Told } from "../lineage";

export interface LineageStage {
  readonly client: AirflowClient;
  readonly catalogue: Catalogue;
  readonly receiver: Engine;
  /** Jobs of Spark that DAGs have submitted. */
  jobs(): Promise<KubernetesObject[]>;
}

interface Parent {
  readonly run: { readonly runId: string };
  readonly job: { readonly namespace: string; readonly name: string };
}
interface Application {
  readonly spec: { readonly sparkConf: Readonly<Record<string, string>> };
}

/** What the runs of the owner's DAGs and of daily_etl have told by then; the last case ends the receiver. */
export function lineageCases(stage: () => LineageStage): void {
  const of = (job: string) => stage().catalogue.told.filter(({ job: { name } }) => name === job);
  /** Waits for an event of a job. */
  const told = async (job: string, type: string): Promise<Told> => {
    const found = () => of(job).find(({ eventType }) => eventType === type);
    await until(`${job} has told ${type}`, () => Promise.resolve(found() !== undefined), {
      every: 500,
      explain: () =>
        Promise.resolve(
          stage()
            .catalogue.told.map((each) => `${each.eventType} ${each.job.name}`)
            .join(", "),
        ),
    });
    return found() ?? ({} as Told);
  };
  const parent = ({ run }: Told) => run.facets?.parent as unknown as Parent;

  it("tells its lineage of a task and of its DAG, from start to end, with what the task reads and writes", async () => {
    for (const type of ["START", "COMPLETE"]) for (const job of ["says", "says.speak"]) checked(await told(job, type));
    const [begun, ended, dag] = [
      await told("says.speak", "START"),
      await told("says.speak", "COMPLETE"),
      await told("says", "START"),
    ];
    equal(begun.run.runId, ended.run.runId);
    const datasets = ({ inputs = [], outputs = [] }: Told) =>
      [inputs, outputs].map((some) => some.map(({ namespace, name }) => [namespace, name]));
    deepEqual(datasets(ended), [[["s3://bronze", "words"]], [["s3://silver", "said"]]]);
    deepEqual(
      [parent(begun).job.namespace, parent(begun).job.name, parent(begun).run.runId],
      [JOB_NAMESPACE, "says", dag.run.runId],
    );
  });

  it("tells the lineage of a task that fails", async () => {
    for (const job of ["fails.break", "fails"]) checked(await told(job, "FAIL"));
    equal(new Set(of("fails.break").map(({ run }) => run.runId)).size, 2, "a run for each try");
  });

  it("gives Spark's job its task as the parent in lineage", async () => {
    const begun = await told("daily_etl.ensure_bronze", "START");
    const [job] = (await stage().jobs()) as unknown as Application[];
    const property = (name: string) => job?.spec.sparkConf[`spark.openlineage.${name}`];
    deepEqual(
      ["parentJobNamespace", "parentJobName", "parentRunId", "rootParentJobName", "rootParentRunId"].map(property),
      [JOB_NAMESPACE, "daily_etl.ensure_bronze", begun.run.runId, "daily_etl", parent(begun).run.runId],
    );
    equal(property("namespace"), JOB_NAMESPACE);
  });

  it("tells all events in one namespace, and without the code of tasks", () => {
    const { told: all, texts } = stage().catalogue;
    deepEqual([...new Set(all.map(({ job }) => job.namespace))], [JOB_NAMESPACE]);
    for (const event of all) checked(event);
    for (const text of texts) ok(!text.includes("the owner's words"), "the code of a task");
  });

  it("loses lineage, but no run, where the receiver is away", async () => {
    const { client, catalogue, receiver } = stage();
    await receiver.stop();
    const before = catalogue.texts.length;
    const says = client.of("says");
    equal(await says.ended(await says.trigger()), "success");
    equal(catalogue.texts.length, before);
  });
}
