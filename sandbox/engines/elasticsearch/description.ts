import { pins } from "../../../components/pins";
import { ONE_MACHINE, SHARED_DISK } from "../allowance";
import { description } from "../description";

const NO_MODULE = "no registry has the module that knows it";

export const elasticsearch = description({
  artefacts: {
    elasticsearch: {
      what: "Elasticsearch with its security",
      version: pins.elasticsearch.version,
      extra: true,
      from: { kind: "pom", pom: "elasticsearch/elasticsearch.pom.xml" },
    },
  },
  proofs: [
    {
      system: "Elasticsearch",
      from: "settings, variables and Secrets of the Elasticsearch resource, completed as the operator does, on three nodes with x-pack security; script, requests and rights of the setup. openssl makes the operator's certificates, upstream's own class the hashes of Pulumi's provider",
      seen: [
        "forms one cluster of nodes with the roles of the settings, by certificates of one authority",
        "authenticates users of the stack only, and nobody without a password",
        "has no password in its configuration, its log or the list of processes",
        "ends its setup once every node knows each user and its rights, and not before",
        "is set up a second time as well",
        "lets a writer add records of its indices, and delete none",
        "lets engines and people read what the settings open, and nothing else",
        "answers Trino's connector what it asks: nodes, names, shards, mappings, pages",
        "lets an owner create its indices and delete them, and touch no other",
        "lets the exporter read how nodes are, and no document",
        "goes over to the next generation of credentials, and ends the one before",
        "waits for changed rights of a user who is known already",
        "indexes a record once, however often Logstash reads it from Kafka",
        "has lifecycle and snapshot policies that upstream's own classes read",
        "keeps what it has acknowledged when a node is killed, and copies shards to it again",
        "admits no node with a certificate of another authority",
        "copies indices and restores what was deleted",
        "has everything again when all nodes were killed at once",
      ],
    },
  ],
  allowed: [
    { file: /^elasticsearch\/elasticsearch\.yml$/, key: /^network\.host$/, kind: "endpoint", why: ONE_MACHINE },
    {
      file: /^elasticsearch\/elasticsearch\.yml$/,
      key: /^(ingest\.geoip|stack\.templates|xpack\.watcher|s3\.client)\./,
      kind: "left out",
      why: NO_MODULE,
    },
    { file: /^elasticsearch\/elasticsearch\.yml$/, key: /^readiness\.port$/, kind: "left out", why: ONE_MACHINE },
    {
      file: /^elasticsearch\/elasticsearch\.yml$/,
      key: /^cluster\.routing\.allocation\.disk\.threshold_enabled$/,
      kind: "added",
      why: SHARED_DISK,
    },
    {
      file: /^elasticsearch\/elasticsearch\.yml$/,
      key: /^path\.repo$/,
      kind: "added",
      why: "copies go to a folder: no registry has the module for S3",
    },
    {
      file: /^elasticsearch-access\/calls$/,
      key: /^(\/_(ilm|slm|snapshot)\/|index\.lifecycle\.name$)/,
      kind: "left out",
      why: NO_MODULE,
    },
    {
      file: /^elasticsearch-access-users\/users$/,
      key: /./,
      kind: "hashed",
      why: "Pulumi's provider makes the hash together with the password, and it has not run",
    },
  ],
  absent: [
    [
      "lifecycles, nightly copies and S3 in Elasticsearch",
      "no registry has x-pack-ilm, x-pack-slm and repository-s3 of version 8; upstream's classes read the policies, and copies are made by hand to a folder",
    ],
    ["Kibana and Logstash", "they are images only; the real operator takes their resources on a real API server"],
    ["Elasticsearch's image, its launcher and its bootstrap checks", "they are in the image only"],
  ],
});
