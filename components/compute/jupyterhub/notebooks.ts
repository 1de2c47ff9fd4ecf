import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { BucketRequest, ObjectStore, SparkConnect, SqlEngine } from "../../core/capabilities";
import { type Endpoint, podsEndpoint, url } from "../../core/endpoint";
import { fromSecret } from "../../core/env";
import { tagOf } from "../../core/image";
import { imageFor } from "../../core/site";
import { labels, MADE } from "../../core/labels";
import type { Platform } from "../../core/platform";
import { PROJECT } from "../../core/project";
import { formatBytes } from "../../core/quantity";
import { Service } from "../../core/service";
import type { VectorStore } from "../../core/vector-spaces";
import type { Facts } from "../../core/system";
import { HOME, NOTEBOOK, notebookPods } from "./pods";
import type { JupyterhubSettings, PersonSettings } from "./settings";
import { EXAMPLES, NOTEBOOK_PORT, notebookTemplate, type PersonFacts, type Spawning, spawning } from "./spawner";

export interface NotebooksArgs extends Facts<JupyterhubSettings> {
  readonly objects: ObjectStore;
  /** Undefined where the stack runs no SQL engine. */
  readonly sql: SqlEngine | undefined;
  /** Undefined where the stack runs no Spark Connect. */
  readonly spark: SparkConnect | undefined;
  /** Of PostgreSQL: the image has no client of another store. Undefined where the stack's vectors are elsewhere. */
  readonly vectors: VectorStore | undefined;
}

/** Pods of people, which the hub makes: their templates, and what each person has of his own. */
export class Notebooks extends Service {
  /** The servers in the pods. */
  readonly endpoint: Endpoint;
  readonly spawning: Spawning;

  constructor(args: NotebooksArgs, opts?: pulumi.ComponentResourceOptions) {
    const { platform, settings, objects, sql, spark, vectors } = args;
    const namespace = platform.namespace("notebooks");
    super("compute:Notebooks", NOTEBOOK, { namespace, pods: notebookPods(platform, settings) }, opts);
    const child = { parent: this };
    this.endpoint = podsEndpoint(this.peer(), [NOTEBOOK_PORT], "http");
    this.link(objects.endpoint);
    if (sql !== undefined) this.link(sql.endpoint);
    if (vectors !== undefined) this.link(vectors.endpoint);

    const plain = { automountServiceAccountToken: false };
    new k8s.core.v1.ServiceAccount(NOTEBOOK, { metadata: this.metadata(NOTEBOOK, "server"), ...plain }, child);
    new k8s.core.v1.ConfigMap(EXAMPLES, { metadata: this.metadata(EXAMPLES, "examples"), data: examples() }, child);
    const { image = "" } = settings;
    const sessions = spark === undefined ? undefined : this.use(spark.grant(this));
    const env = {
      ...environment(objects, sql),
      ...(sessions === undefined ? {} : { SPARK_REMOTE: fromSecret(sessions.secret, sessions.remoteKey) }),
    };
    for (const group of this.pods) {
      const template = notebookTemplate({ group, image, version: tagOf(image), env });
      const metadata = this.metadata(this.peer(group.role).name, group.role);
      const annotations = { [MADE]: String(group.replicas) };
      new k8s.core.v1.PodTemplate(metadata.name, { metadata: { ...metadata, annotations }, template }, child);
    }
    const people = Object.entries(settings.people).map(([name, own]) => {
      const person = new Person(name, own, args, this);
      return [name, person.facts] as const;
    });
    this.spawning = spawning(namespace, imageFor(this.group("small"), image), this.pods, Object.fromEntries(people));
    this.registerOutputs();
  }
}

/** One person: a home, and a user in the object store with the person's own rights. */
class Person extends Service {
  readonly facts: PersonFacts;

  constructor(
    name: string,
    own: PersonSettings,
    { platform, settings, objects, sql, vectors }: NotebooksArgs,
    parent: Notebooks,
  ) {
    const service = `person-${name}`;
    super("compute:Person", service, { namespace: parent.namespace, pods: [] }, { parent });
    const schema = `person_${name.replaceAll("-", "_")}`;
    const keys = objects.grant(this, rights(own, schema));
    const login = sql?.grant(this, { as: [name], write: [schema] }).login;
    const space = vectors?.grant(this, [{ space: schema, level: "write" }]);
    const claim = `${service}-${HOME}`;
    this.home(claim, platform, settings.home);
    const place = `s3://${objects.buckets.warehouse}/${schema}/`;
    const env = { LAKEHOUSE_SCHEMA: schema, LAKEHOUSE_PLACE: place };
    this.facts = {
      ...{ settings: own, keys, claim },
      ...(login === undefined ? {} : { trino: login }),
      ...(space === undefined ? { env } : { env: { ...env, LAKEHOUSE_VECTORS: space.url }, vectors: space }),
    };
    this.registerOutputs();
  }

  /** It is kept as all data are: whoever is taken out of the settings loses nothing. */
  private home(name: string, { storageClass, dataOptions }: Platform, size: number): void {
    new k8s.core.v1.PersistentVolumeClaim(
      name,
      {
        metadata: {
          name,
          namespace: this.namespace,
          labels: labels({ service: this.service, role: HOME }),
          // Many storage classes make the volume once a pod asks for it, and nobody has a notebook yet.
          annotations: { "pulumi.com/skipAwait": "true" },
        },
        spec: {
          accessModes: ["ReadWriteOnce"],
          ...(storageClass === undefined ? {} : { storageClassName: storageClass }),
          resources: { requests: { storage: formatBytes(size) } },
        },
      },
      { parent: this, ...dataOptions },
    );
  }
}

/** What a person may do in the object store: read some buckets, and write below a schema of his own. */
export const rights = ({ read }: PersonSettings, schema: string): BucketRequest[] => [
  ...[...new Set(read)].map((bucket) => ({ bucket, level: "read" }) as const),
  { bucket: "warehouse", prefix: `${schema}/`, level: "write" },
];

/** Variables of every notebook that are no secrets. */
export function environment(objects: Pick<ObjectStore, "endpoint" | "region" | "sdk" | "buckets">, sql?: SqlEngine) {
  const { bronze, silver, gold, warehouse } = objects.buckets;
  return {
    AWS_ENDPOINT_URL_S3: url(objects.endpoint),
    AWS_REGION: objects.region,
    ...objects.sdk.env,
    LAKEHOUSE_BUCKETS: JSON.stringify({ bronze, silver, gold, warehouse }),
    ...(sql === undefined
      ? {}
      : { LAKEHOUSE_TRINO: url(sql.endpoint), LAKEHOUSE_CATALOG: sql.catalogs[0] ?? "lakehouse" }),
  };
}

/** The delivered notebooks, and the module that they import, by name. */
export function examples(directory: string = join(PROJECT, "pipelines", NOTEBOOK + "s")): Record<string, string> {
  const names = readdirSync(directory).filter((name) => /\.(ipynb|py)$/.test(name));
  return Object.fromEntries(names.sort().map((name) => [name, readFileSync(join(directory, name), "utf8")]));
}
