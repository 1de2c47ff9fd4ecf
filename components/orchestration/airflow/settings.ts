import { z } from "zod";

import type { Opened } from "../../core/door";
import { originUrl, pageUrl, repositoryUrl } from "../../fields/addresses";
import { disabled, image } from "../../fields/common";
import { schedule } from "../../fields/cron";
import { count, dnsLabel, dnsSubdomain, mode, podSelector, section, size } from "../../fields/fields";
import { cidr } from "../../fields/ranges";

const VARIABLE =
  "names of Airflow's settings such as AIRFLOW__CORE__MAX_ACTIVE_TASKS_PER_DAG, with their values as text";
const BRANCH = "a branch, tag or commit: letters, digits, '.', '_', '-' and '/'";
const FOLDER = "a folder in the repository such as airflow/dags, without '..'";
const WORD = "a word of letters, digits, '.', '_', '-', ':' and '/'";

const word = z.string({ error: WORD }).regex(/^[A-Za-z0-9._:/-]{1,200}$/, { error: WORD });
const cidrs = z.array(cidr).min(1, { error: "at least one range" });

/** DAGs of the owner's. Airflow fetches the repository by itself. */
const git = section({
  url: repositoryUrl.describe("URL of the repository by http or https"),
  cidrs: cidrs.describe("addresses of its host, which network policies allow"),
  branch: z
    .string({ error: BRANCH })
    .regex(/^[A-Za-z0-9][\w./-]{0,199}$/, { error: BRANCH })
    .default("main")
    .describe("branch, tag or commit; default main"),
  subPath: z
    .string({ error: FOLDER })
    .regex(/^(?!.*\.\.)[A-Za-z0-9_][\w./-]{0,199}$/, { error: FOLDER })
    .optional()
    .describe("folder of the DAGs in it; default all of it"),
  secret: dnsSubdomain
    .optional()
    .describe(
      "Secret with the keys username and password (a token that reads), in both namespaces of Airflow; default none",
    ),
});

/** People sign in at an issuer of OpenID Connect. */
const oidc = section({
  issuer: originUrl.or(pageUrl).describe("URL of the issuer; its configuration is below /.well-known"),
  cidrs: cidrs.describe("addresses of its host, which network policies allow"),
  clientId: word.describe("name of this client at the issuer"),
  secret: dnsSubdomain.describe("Secret with the key clientSecret, in Airflow's namespace"),
  claim: word.default("groups").describe("claim with a person's groups; default groups"),
  roles: z
    .record(word, mode("Admin", "Op", "User", "Viewer"), { error: "roles by group: { data-team: User }" })
    .refine((roles) => Object.keys(roles).length > 0, { error: "at least one group with its role" })
    .describe("role in Airflow of each group: Admin, Op, User or Viewer; who is in none sees nothing"),
});

export const airflow = section({
  mode: mode("existing", "deployed", "off")
    .default("off")
    .describe("use an existing Airflow, run one, or none; default off"),
  namespace: dnsLabel.default("airflow").describe("namespace of the existing Airflow; default airflow"),
  serviceAccount: dnsLabel
    .default("airflow-worker")
    .describe("service account that tasks of an existing Airflow run as; default airflow-worker"),
  podLabels: podSelector
    .default({ component: "worker" })
    .describe("labels of an existing Airflow's pods that run tasks; default { component: worker }"),
  occupies: size({ cpu: 2, memory: "8Gi" }).describe("size of the existing Airflow, which plans count"),
  isolated: z
    .boolean()
    .default(false)
    .describe(
      "whether the namespace denies traffic by default, so that policies of its side are needed; default false",
    ),
  image: image.describe("an image with providers of yours, of Airflow 3.3 or newer, instead of upstream's"),
  apiServer: size({ cpu: 0.5, memory: "1536Mi" }).describe("pages, REST, and what tasks ask and tell"),
  scheduler: size({ cpu: 0.5, memory: "1536Mi" }).describe("schedulers; two share their work and outlive one another"),
  dagProcessor: size({ cpu: 0.5, memory: "1Gi" }).describe("reads the files of DAGs"),
  triggerer: size({ cpu: 0.25, memory: "768Mi" }).describe("waits for tasks that have deferred themselves"),
  worker: size({ replicas: 4, cpu: 0.25, memory: "768Mi" }).describe(
    "pods of tasks: how many tasks run at once, and the size of each",
  ),
  dags: section({ git: git.optional().describe("a repository with DAGs of yours; default none") })
    .prefault({})
    .describe("DAGs besides the stack's own"),
  merge: section({
    enabled: disabled.describe("run pipelines/sql/merge_changes.sql on Trino; default false"),
    schedule: schedule.default("*/15 * * * *").describe("when, in UTC; default '*/15 * * * *'"),
  })
    .prefault({})
    .describe("changes of a database's table, merged into an Iceberg table"),
  auth: section({ oidc: oidc.optional().describe("people sign in at an issuer; default by a password") })
    .prefault({})
    .describe("how people sign in"),
  keepDays: count(1, 3650)
    .default(30)
    .describe("days that runs are kept in the database, of which older ones are deleted each night; default 30"),
  env: z
    .record(
      z.string({ error: VARIABLE }).regex(/^AIRFLOW__[A-Z0-9_]+__[A-Z0-9_]+$/, { error: VARIABLE }),
      z.string({ error: VARIABLE }),
      { error: VARIABLE },
    )
    .default({})
    .describe("more settings of Airflow, as variables of all its pods; none is secret; default none"),
}).prefault({});

/** With the URL at which people open it; without one that is http://localhost:8080, as by port-forward. */
export type AirflowSettings = Opened<z.output<typeof airflow>>;
