import { pins } from "../../../components/pins";
import { FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const nessie = description({
  artefacts: {
    nessie: {
      what: "Nessie",
      version: "0.99.0",
      extra: true,
      from: { kind: "maven", coordinates: "org.projectnessie.nessie:nessie-quarkus:0.99.0:jar:runner" },
      standsFor: {
        version: pins.nessie.version,
        why: "0.99.0 is the newest server on Maven Central; one constant of it is upstream's correction of 0.108.2, without which a reader's keys open nothing",
      },
    },
  },
  proofs: [
    {
      system: "Nessie",
      from: "command, properties and rules of the server, nginx before it, tokens and keys, each container below a read-only root; PostgreSQL and the object store with the stack's users and policies, Trino's rendered catalog. Trino's coordinator works alone; the job of Spark has the rendered configuration and the token, and no key of the store",
      seen: [
        "starts from the rendered files, and lets nobody in who has no token of a valid generation",
        "does with namespaces, tables and views what the specification says, by PyIceberg and by plain HTTP",
        "gives keys that end, and that open the table and nothing beside it",
        "gives a reader keys that read alone, and shows nobody a namespace without a right to it",
        "refuses requests that would have keys made for another place, in every spelling",
        "lets Trino read and write with keys of the catalog alone, where it has a right",
        "lets a job of Spark read and write with keys of the catalog alone, where it has a right",
        "knows the next generation of a client before its pods use it",
        "keeps tables and rights when the server is killed",
        "exposes the series that Nessie's panels ask for, and has no secret in the process list",
      ],
    },
  ],
  allowed: [
    {
      file: /^nessie\/application\.properties$/,
      key: /^(nessie\.catalog\.service\.s3\.default-options\.(sts-)?endpoint|quarkus\.datasource\.postgresql\.jdbc\.url)$/,
      kind: "endpoint",
      why: ONE_MACHINE,
    },
    { file: /^nessie\/args$/, key: /^-jar$/, kind: "path", why: FOLDER },
  ],
  absent: [
    [
      "Nessie 0.108.4, and several replicas of it",
      "no package registry has a server after 0.99.0; replicas share ports",
    ],
    [
      "keys of Ceph and of AWS",
      "no registry of packages has either: of `roleArn` the rendered property alone was seen",
    ],
  ],
});
