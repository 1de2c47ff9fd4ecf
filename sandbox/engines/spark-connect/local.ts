import { containerLimit } from "../local/limits";
import type { Part } from "../local/part";
import { startSparkConnect } from "./spark-connect";

export const part: Part = {
  what: "Spark Connect",
  artefacts: { hadoopAws: 1, s3TransferManager: 2 },
  // Whoever has the machine may write every layer; the server computes too, for there are no executors.
  settings: { compute: { sparkConnect: { enabled: true, access: "write", server: { cpu: 1, memory: "2Gi" } } } },
  engines: { "spark-connect": { what: "Spark Connect", places: ["sparkConnect", "sparkConnectUi"] } },
  limit: (rendered) => containerLimit(rendered, "spark-connect-server"),
  start: async (ground) => {
    await startSparkConnect(ground);
  },
  doors: ({ sparkConnect, sparkConnectUi }) => [
    {
      name: "spark",
      what: "Spark Connect",
      url: `sc://127.0.0.1:${String(sparkConnect)}`,
      as: "by token",
      login: "spark-connect-token",
    },
    { name: "spark-ui", what: "Spark's jobs", url: `http://127.0.0.1:${String(sparkConnectUi)}`, as: "no password" },
  ],
};
