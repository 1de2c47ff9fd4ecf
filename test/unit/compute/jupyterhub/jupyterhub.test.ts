import assert from "node:assert/strict";

import { platform } from "../../../../components/cluster";
import { quotas } from "../../../../components/cluster/quotas";
import * as config from "../../../../components/compute/jupyterhub/config";
import { environment, examples, rights } from "../../../../components/compute/jupyterhub/notebooks";
import { HOME, hubPods, notebookPods } from "../../../../components/compute/jupyterhub/pods";
import type { PersonSettings } from "../../../../components/compute/jupyterhub/settings";
import { notebookTemplate, spawning } from "../../../../components/compute/jupyterhub/spawner";
import { GiB } from "../../../../components/core/quantity";
import { s3Sdk } from "../../../../components/core/s3-sdk";
import { settingsFrom, SettingsError } from "../../../../components/settings";

const CA = {
  site: { caBundle: "0123", imagePullSecrets: ["registry"], registryMirrors: { "*": "mirror.example.org:5000" } },
};

const settings = (jupyterhub: object, more: object = {}) =>
  settingsFrom({
    nodes: [{ name: "one", pool: "all", cpu: 64, memory: "256Gi" }],
    pools: { all: { default: true, taint: "NoSchedule" } },
    cluster: { certManager: true, storageClass: "fast" },
    storage: { objects: { kind: "s3", endpoint: "https://s3.example.org", cidrs: ["192.0.2.0/24"] } },
    compute: { jupyterhub: { enabled: true, image: "ghcr.io/example/notebook:1", ...jupyterhub } },
    ...more,
  });

function refused(jupyterhub: object): string[] {
  try {
    settings(jupyterhub);
  } catch (error) {
    assert.ok(error instanceof SettingsError, String(error));
    return error.message.split("\n").filter((line) => line.includes("jupyterhub"));
  }
  return [];
}

/** A stack of three people, of whom two have a small notebook. */
function described(own: object = {}) {
  const all = settings({ people: { ada: { profile: "large" }, bob: {}, carol: {} }, ...own });
  const place = platform(all);
  const { jupyterhub } = all.compute;
  return { place, jupyterhub, groups: notebookPods(place, jupyterhub) };
}
const [CAROL] = [{ profile: "small", read: ["silver", "gold"] }] as const satisfies readonly PersonSettings[];

describe("settings of JupyterHub", () => {
  const WRONG: readonly (readonly [what: string, given: object, line: RegExp])[] = [
    [
      "no image",
      { image: undefined, people: { ada: {} } },
      /jupyterhub\.image: not given; allowed: the image that you have built/,
    ],
    ["nobody", {}, /jupyterhub\.people: names nobody; allowed: people by name/],
    ["two hubs", { people: { ada: {} }, hub: { replicas: 2 } }, /jupyterhub\.hub\.replicas: given 2; allowed: 1/],
    [
      "two proxies",
      { people: { ada: {} }, proxy: { replicas: 3 } },
      /jupyterhub\.proxy\.replicas: given 3; allowed: 1/,
    ],
    [
      "an unknown profile",
      { people: { ada: { profile: "huge" } } },
      /people\.ada\.profile: given "huge"; allowed: one of small, medium, large/,
    ],
    [
      "a bucket that no person reads",
      { people: { ada: { read: ["backups"] } } },
      /people\.ada\.read\[0\]: given "backups"; allowed: one of bronze, silver, gold, warehouse/,
    ],
  ];
  for (const [what, given, line] of WRONG)
    it(`refuse ${what} in one line`, () => {
      const found = refused(given);
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0] ?? "", line);
    });

  it("refuse names that would be another's: of later generations, of hosts, of SQL", () => {
    for (const name of ["Ada", "ada-2", "2", "ada_b", "-ada", "ada--b", "ada.b", "a".repeat(31), "", "ada b", "ada'"])
      assert.equal(refused({ people: { [name]: {} } }).length, 1, name);
    for (const name of ["a", "ada", "ada-b", "a1-b2", "a".repeat(30)])
      assert.deepEqual(refused({ people: { [name]: {} } }), [], name);
  });
});

describe("pods of people", () => {
  it("are as many as run at the same time, and no more than people", () => {
    const { groups } = described({ small: { replicas: 1 } });
    assert.deepEqual(
      groups.map(({ role, replicas, lifetime, namespace }) => [role, replicas, lifetime, namespace]),
      [
        ["small", 1, "elastic", "lakehouse-notebooks"],
        ["large", 1, "elastic", "lakehouse-notebooks"],
      ],
    );
  });

  it("have the homes of all people, whoever is in", () => {
    const { groups } = described({ small: { replicas: 1 }, home: "3Gi" });
    const all = groups.reduce((sum, { replicas, volumes }) => sum + replicas * (volumes[0]?.size ?? 0), 0);
    assert.equal(all, 9 * GiB);
    assert.deepEqual(
      groups.map(({ volumes }) => volumes.map(({ name, storageClass }) => [name, storageClass])),
      [[[HOME, "fast"]], [[HOME, "fast"]]],
    );
  });

  it("have a quota of exactly their number and size", () => {
    const { groups, place } = described();
    const [first] = quotas(groups, ["lakehouse-notebooks"], place.nodes);
    assert.deepEqual(first?.hard, {
      "requests.cpu": "3",
      "requests.memory": "12Gi",
      "limits.cpu": "6",
      "limits.memory": "12Gi",
      "pods": "3",
    });
  });

  it("are apart from the hub that may delete them", () => {
    const { place, jupyterhub } = described();
    assert.deepEqual([...new Set(hubPods(place, jupyterhub).map(({ namespace }) => namespace))], ["lakehouse-hub"]);
  });
});

describe("the template of people's pods", () => {
  const template = (site: object = {}) => {
    const [group] = described().groups;
    assert.ok(group);
    const facts = { group: { ...group, ...site }, image: "ghcr.io/example/notebook:1", version: "1", env: { A: "b" } };
    return JSON.parse(JSON.stringify(notebookTemplate(facts))) as {
      metadata: { labels: Record<string, string>; annotations?: Record<string, string> };
      spec: Record<string, unknown> & {
        containers: [
          {
            image: string;
            env: object[];
            volumeMounts: object[];
            securityContext: object;
            resources: { limits: object };
          },
        ];
        volumes: object[];
      };
    };
  };

  it("is restricted, has limits, no token and a root that is read-only", () => {
    const { metadata, spec } = template();
    const [notebook] = spec.containers;
    assert.equal(spec.automountServiceAccountToken, false);
    assert.equal(spec.serviceAccountName, "notebook");
    assert.deepEqual(notebook.securityContext, {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    });
    assert.deepEqual(notebook.resources.limits, { cpu: "1", memory: "2Gi" });
    assert.equal(spec.priorityClassName, "lakehouse-serving");
    assert.equal(metadata.labels["app.kubernetes.io/name"], "notebook");
    assert.equal(metadata.labels["app.kubernetes.io/instance"], "notebook-small");
  });

  it("follows the owner's taints, mirror, pull secrets and CAs", () => {
    const { metadata, spec } = template(CA);
    const [notebook] = spec.containers;
    assert.equal(notebook.image, "mirror.example.org:5000/ghcr.io/example/notebook:1");
    assert.deepEqual(spec.imagePullSecrets, [{ name: "registry" }]);
    assert.deepEqual(spec.tolerations, [{ key: "lakehouse.dev/pool", operator: "Equal", value: "all" }]);
    assert.deepEqual(metadata.annotations, { "lakehouse.dev/ca": "0123" });
    assert.ok(JSON.stringify(notebook.volumeMounts).includes("/mnt/lakehouse-ca"));
    assert.ok(JSON.stringify(notebook.env).includes("REQUESTS_CA_BUNDLE"));
  });
});

describe("what the hub is told", () => {
  const keys = { secret: "person-carol-s3", userKey: "AccessKey", passwordKey: "SecretKey" };
  const vectors = { secret: "person-carol-vectors", userKey: "username", passwordKey: "password" };
  const told = () => {
    const { jupyterhub, groups } = described();
    const people = {
      carol: { settings: CAROL, keys, vectors, claim: "person-carol-home", env: { LAKEHOUSE_SCHEMA: "person_carol" } },
    };
    const files = config.hubFiles(jupyterhub, spawning("lakehouse-notebooks", "image:1", groups, people), {
      hub: "http://hub:8081",
      routes: "http://proxy:8001",
      database: { host: "db", port: 5432, database: "jupyterhub" },
    });
    return JSON.parse(files["hub.json"] ?? "{}") as {
      config: Record<string, Record<string, unknown>>;
      people: Record<string, object>;
      profiles: Record<string, object>;
      culling: object;
    };
  };

  it("is where everything is, and no secret", () => {
    const { config: all } = told();
    assert.equal(all.JupyterHub?.db_url, "postgresql+psycopg2://db:5432/jupyterhub");
    assert.equal(all.JupyterHub.hub_connect_url, "http://hub:8081");
    assert.deepEqual(all.ConfigurableHTTPProxy, { should_start: false, api_url: "http://proxy:8001" });
  });

  it("keeps notebooks while the hub is away, and makes no more than the plan counts", () => {
    const { config: all, profiles } = told();
    assert.equal(all.JupyterHub?.cleanup_servers, false);
    assert.equal(all.JupyterHub.active_server_limit, 3);
    assert.deepEqual(profiles, {
      small: { most: 2, template: "notebook-small" },
      large: { most: 1, template: "notebook-large" },
    });
    assert.equal(all.KubeSpawner?.storage_pvc_ensure, false);
    assert.equal(all.KubeSpawner.delete_pvc, false);
  });

  it("names each person's Secret and claim", () => {
    assert.deepEqual(told().people, {
      carol: {
        profile: "small",
        keys: ["person-carol-s3", "AccessKey", "SecretKey"],
        vectors: ["person-carol-vectors", "username", "password"],
        claim: "person-carol-home",
        env: { LAKEHOUSE_SCHEMA: "person_carol" },
      },
    });
    assert.deepEqual(told().culling, { url: "http://127.0.0.1:8081/hub/api", every: 300, idle: 3600 });
  });
});

describe("rights of a person", () => {
  it("are to read what the settings name, and to write below a schema alone", () => {
    assert.deepEqual(rights({ ...CAROL, read: ["gold", "gold"] }, "person_carol"), [
      { bucket: "gold", level: "read" },
      { bucket: "warehouse", prefix: "person_carol/", level: "write" },
    ]);
  });

  it("come with addresses and no keys in the template", () => {
    const endpoint = {
      name: "s3",
      peer: { kind: "range", name: "s3", cidrs: [] },
      host: "s3",
      port: 9000,
      targetPorts: [],
      protocol: "TCP",
      scheme: "http",
    } as const;
    const buckets = { bronze: "b", silver: "s", gold: "g", warehouse: "w", backups: "x" };
    const given = environment({
      endpoint,
      region: "r",
      sdk: s3Sdk({ endpoint: "http://s3:9000", legacyMd5: false }),
      buckets,
    });
    assert.equal(given.AWS_ENDPOINT_URL_S3, "http://s3:9000");
    assert.equal(Object.hasOwn(given, "LAKEHOUSE_TRINO"), false);
    assert.ok(!Object.keys(given).some((name) => /KEY|SECRET/.test(name)));
  });

  it("do not change the delivered notebooks, which carry no outputs", () => {
    const all = examples();
    assert.ok(Object.keys(all).length > 3);
    for (const [name, text] of Object.entries(all)) {
      if (!name.endsWith(".ipynb")) continue;
      const { cells } = JSON.parse(text) as { readonly cells: readonly { readonly outputs?: readonly unknown[] }[] };
      assert.ok(
        cells.every(({ outputs = [] }) => outputs.length === 0),
        name,
      );
    }
    assert.ok(JSON.stringify(all).length < 500_000, "a ConfigMap holds 1 MiB");
  });
});

describe("credentials of people", () => {
  it("have one generation for everybody, and users of each person's name", () => {
    const all = settings({ people: { ada: {} } }, { credentials: { person: { generation: 3, keepPrevious: true } } });
    assert.deepEqual(platform(all).logins("person-ada"), [
      { user: "person-ada-3", suffix: "-3" },
      { user: "person-ada-2", suffix: "-2" },
    ]);
  });
});
