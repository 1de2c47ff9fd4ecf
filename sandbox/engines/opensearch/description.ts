import { pins } from "../../../components/pins";
import { ONE_MACHINE, SHARED_DISK } from "../allowance";
import { description } from "../description";

const OF_SECURITY = "the only 3.x for which a registry has the security plugin";

export const opensearch = description({
  artefacts: {
    opensearch: {
      what: "OpenSearch",
      version: "3.4.0",
      extra: true,
      from: { kind: "pom", pom: "opensearch/opensearch.pom.xml" },
      standsFor: { version: pins.opensearch.version, why: OF_SECURITY },
    },
    opensearchSecurity: {
      what: "security plugin of OpenSearch",
      version: "3.4.0.0",
      extra: true,
      from: { kind: "maven", coordinates: "org.opensearch.plugin:opensearch-security:3.4.0.0:zip" },
      standsFor: { version: pins.opensearch.version, why: OF_SECURITY },
    },
    opensearchS3: {
      what: "OpenSearch's plugin for snapshots in S3",
      version: "3.5.0",
      extra: true,
      from: { kind: "pom", pom: "opensearch/repository-s3.pom.xml" },
      standsFor: { version: pins.opensearch.version, why: "no package registry has the plugin for 3.4" },
    },
  },
  proofs: [
    {
      system: "OpenSearch",
      from: "start script, files, probe and variables of the StatefulSet, three nodes with the security plugin; script, calls and rights of the setup Job. certificates of the rendered Certificates are made as for compose",
      seen: [
        "forms one cluster of nodes with certificates of the same CA",
        "accepts only the stack's users: no example users of upstream, and no login without a password",
        "has no password in mounted files, in its logs or in the process list",
        "gets users, rights, templates and the snapshot repository from the setup Job, which can run again",
        "lets a writer add records to its indices, and delete none",
        "lets engines and people read only the indices that the settings open",
        "answers the requests of Trino's connector: nodes, names, shards, mappings, pages",
        "lets an owner create and delete its indices, and no others",
        "lets the exporter read the state of nodes and snapshots, and no documents",
        "switches to the next generation of credentials, and ends the previous one",
        "keeps users that people have made",
        "keeps acknowledged writes when a node is killed, and is ready again once every shard has its replicas",
        "refuses a node with a certificate of another CA",
        "makes snapshots below its own prefix of the bucket, and restores deleted data",
        "has all data after all nodes were killed at once",
      ],
    },
  ],
  allowed: [
    {
      file: /^opensearch-data\/opensearch\.yml$/,
      key: /^(network\.host|s3\.client\.default\.endpoint)$/,
      kind: "endpoint",
      why: ONE_MACHINE,
    },
    {
      file: /^opensearch-data\/opensearch\.yml$/,
      key: /^cluster\.routing\.allocation\.disk\.threshold_enabled$/,
      kind: "added",
      why: SHARED_DISK,
    },
    { file: /^opensearch-data\/ask\.sh$/, key: /^127\.0\.0\.1$/, kind: "endpoint", why: ONE_MACHINE },
    {
      file: /^opensearch-access\/calls$/,
      key: /^\/_plugins\/_(ism|sm)\/policies\//,
      kind: "left out",
      why: "no package registry has the plugin that implements these policies",
    },
  ],
  absent: [
    [
      "policies for the age of indices and for nightly snapshots in OpenSearch",
      "no package registry has the plugin index-management; the tests make snapshots by request",
    ],
    ["OpenSearch Dashboards", "it is only an image"],
    [
      "OpenSearch's image, its launcher and its keystore tool",
      "they are only in the image; the class that the tool uses makes the keystore",
    ],
  ],
});
