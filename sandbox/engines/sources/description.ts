import { FOLDER, ONE_MACHINE } from "../allowance";
import { description } from "../description";

export const sources = description({
  artefacts: {
    sources: {
      what: "Python packages of the job of a source, and pytest",
      version: "1",
      from: { kind: "python", lock: "../../services/sources/requirements-test.lock" },
    },
  },
  proofs: [
    {
      system: "jobs of sources",
      from: "the rendered CronJobs, their declarations, variables and mounts unchanged; users and rights in MinIO and PostgreSQL as rendered; the code of `services/sources`, which is in the image",
      seen: [
        "lands every row of a table once, although runs are killed at any time",
        "lands a document of a server that fails, cuts and gives wrong sums",
        "takes files that are complete, and removes them once they have landed",
        "lands each object of another store once",
        "can neither read nor change what is not its own",
        "passes its own tests on MinIO and PostgreSQL, and skips none",
        "passes its own tests on SeaweedFS (slow)",
        "passes its own tests of databases on MariaDB (slow)",
      ],
    },
  ],
  allowed: [
    { file: /^sources\/source\.json$/, key: /^lake\.endpoint$/, kind: "endpoint", why: ONE_MACHINE },
    { file: /^sources\/source\.json$/, key: /^(scratch|of\.path)$/, kind: "path", why: FOLDER },
  ],
  local: { drop: () => (require("./local") as typeof import("./local")).part },
  absent: [
    [
      "the image of the jobs",
      "there is no container engine where the rest is proven; its code and its locked packages run",
    ],
  ],
});
