import { containerLimit } from "../local/limits";
import type { Part } from "../local/part";
import { makeDirectory, startHistory } from "./spark-history";

export const part: Part = {
  what: "Spark's history",
  artefacts: { hadoopAws: 1, s3TransferManager: 2 },
  settings: { compute: { sparkHistory: { enabled: true } } },
  engines: { "spark-history": { what: "Spark's history", places: ["sparkHistory"] } },
  limit: (rendered) => containerLimit(rendered, "spark-history-server"),
  start: async (ground) => {
    await makeDirectory(ground);
    await startHistory(ground);
  },
  doors: ({ sparkHistory }) => [
    { name: "history", what: "Spark's history", url: `http://127.0.0.1:${String(sparkHistory)}`, as: "no password" },
  ],
};
