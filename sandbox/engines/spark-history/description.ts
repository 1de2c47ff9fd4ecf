import { BIND, FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

const CONF = /^spark-history\/history\.conf$/;

export const sparkHistory = description({
  artefacts: {},
  proofs: [
    {
      system: "Spark History Server",
      from: "its ConfigMap, command and variables, and the script of its init container; logs by the SparkApplications' configuration, in the object store with the stack's users",
      seen: [
        "the directory of event logs is made by the server's account, twice without harm",
        "the history lists the rendered job with its stages, none of which failed",
      ],
    },
  ],
  allowed: [
    { file: CONF, key: /^spark\.hadoop\.fs\.s3a\.endpoint$/, kind: "endpoint", why: ONE_MACHINE },
    { file: CONF, key: /^spark\.history\.ui\.port$/, kind: "port", why: ONE_MACHINE },
    { file: CONF, key: /^spark\.history\.store\.path$/, kind: "path", why: FOLDER },
    {
      file: CONF,
      key: /^spark\.history\.fs\.cleaner\.maxAge$/,
      kind: "shorter",
      why: "nobody waits for a month; the object store says when a log was written, and cannot be told otherwise",
    },
    { file: /^spark-history\/args$/, key: /^(command|--properties-file)$/, kind: "path", why: FOLDER },
    { file: /^spark-history\/env$/, key: /^SPARK_DIST_CLASSPATH$/, kind: "path", why: FOLDER },
    { file: /^spark-history\/env$/, key: /^SPARK_LOCAL_IP$/, kind: "added", why: BIND },
  ],
  local: { history: () => (require("./local") as typeof import("./local")).part },
  absent: [
    [
      "rights of the history server, its cleaner, and the log of Spark Connect in it",
      "their tests are written and were not run yet as a whole; the cleaner was seen by hand",
    ],
  ],
});
