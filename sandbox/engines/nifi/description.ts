import { pins } from "../../../components/pins";
import { description } from "../description";
import { VERSION } from "./home";

const NEWEST = "the newest version of which a registry has the framework";

export const nifi = description({
  artefacts: {
    nifi: {
      what: "NiFi's framework",
      version: VERSION,
      extra: true,
      from: { kind: "pom", pom: "nifi/nifi.pom.xml" },
      standsFor: { version: pins.nifi.version, why: NEWEST },
    },
    nifiStandard: {
      what: "NiFi's standard processors",
      version: VERSION,
      extra: true,
      from: { kind: "pom", pom: "nifi/nifi-standard.pom.xml" },
      standsFor: { version: pins.nifi.version, why: NEWEST },
    },
  },
  proofs: [
    {
      system: "NiFi",
      from: "start script, files, probe and variables of one node with TLS; the task that deploys the flow, with its program; MinIO with the granted user. openssl makes the certificates of the rendered Certificates. Stand-ins of our own take the place of PutS3Object, of its credentials and of the check of the password",
      seen: [
        "starts NiFi from its rendered files, with TLS, and is ready",
        "lets nobody into NiFi without a sign-in, or by a wrong password or a stranger's certificate",
        "deploys NiFi's flow by the rendered task, and changes nothing when that runs again",
        "lands each file once, below a key that follows from its content and its day, and bad ones in quarantine",
        "makes no second object of a file that comes again",
        "gives NiFi's user no right to delete, and none outside of its prefix",
        "tells the scraper's certificate the series that NiFi's alerts and panels ask for, and nothing else",
        "has no secret of NiFi in mounted files, in its flow or in the process list",
        "loses no file and doubles none when NiFi is killed in the middle (slow)",
        "names what does not run in NiFi's flow (slow)",
        "elects a leader by Leases of a real API server, with the rights of NiFi's account alone (slow)",
      ],
    },
  ],
  allowed: [
    {
      file: /^nifi\/flow\.json$/,
      key: /: (Hash Algorithm|Fail When Content Empty|Record Reader)$/,
      kind: "left out",
      why: "NiFi 2.3 has them by other names, which NiFi 2.11 renames by itself",
    },
    {
      file: /^nifi\/env$/,
      key: /^NIFI_ADMIN_HASH$/,
      kind: "hashed",
      why: "Pulumi's provider makes the hash; here the same library as NiFi's does",
    },
  ],
  absent: [
    [
      "several nodes of NiFi at once",
      "they listen on the same ports of all addresses; one node votes, leads and is a cluster by a real API server",
    ],
    ["NiFi's PutS3Object, and records from Kafka", "no registry has the archives of AWS and of Kafka for NiFi 2"],
    ["NiFi's sign-in by password", "no registry has the provider: a stand-in checks the password by the same library"],
  ],
});
