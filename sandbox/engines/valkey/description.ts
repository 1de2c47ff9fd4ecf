import { pins } from "../../../components/pins";
import { description } from "../description";

export const valkey = description({
  artefacts: {
    valkey: {
      what: "Valkey, and redis-cli",
      version: "9.1.2",
      from: { kind: "python", lock: "valkey/valkey.lock.txt" },
      standsFor: {
        version: pins.valkey.version,
        why: "the newest that a package registry has; redis-cli stands in for valkey-cli",
      },
    },
  },
  proofs: [
    {
      system: "Valkey",
      from: "start script, configuration, probe and users' Secret of the StatefulSet, with three servers, each on an address of its own; the grants of two clients, with rotation",
      seen: [
        "replicates writes to all other servers, which accept no writes themselves",
        "gives each client access to keys and channels of its own only",
        "accepts no login without a password, and has no password in mounted files or in the process list",
        "lets the exporter read statistics, and nothing else",
        "accepts the next generation before its first pod starts, and ends the previous one without a restart",
        "keeps acknowledged writes when the writer is killed, and replicates again",
        "accepts no writes without a replica",
        "starts no empty writer while a replica has data, and continues from the replica that the settings promote",
      ],
    },
  ],
  allowed: [],
  absent: [
    [
      "Valkey's exporter of metrics",
      "the Go module proxy does not have it; the names of metrics come from its source code",
    ],
  ],
});
