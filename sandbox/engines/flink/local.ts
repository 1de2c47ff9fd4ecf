import { limitOf } from "../local/limits";
import type { Part } from "../local/part";
import { startFlink } from "./flink";

export const part: Part = {
  what: "Flink",
  needs: ["kafka"],
  artefacts: { flink: 500, flinkMore: 110, icebergFlink: 45, flinkKafka: 6, hadoopApi: 20, hadoopRuntime: 30 },
  engines: {
    "flink-jobmanager": {
      what: "Flink's JobManager",
      places: ["flink", "flinkLeader", "flinkBlobs", "flinkLeaderQuery", "flinkLeaderMetrics"],
    },
    "flink-taskmanager": {
      what: "Flink's TaskManager",
      places: ["flinkTasks", "flinkData", "flinkTasksQuery", "flinkTasksMetrics"],
    },
  },
  limit: (rendered) =>
    ["jobManager", "taskManager"].reduce(
      (sum, role) => sum + limitOf(rendered, "FlinkDeployment", "flink-orders", `spec ${role} resource memory`),
      0,
    ),
  // Data outlive a stop here: the job goes on from its last checkpoint at every start.
  start: async (ground) => {
    await startFlink(ground, { goesOn: true });
  },
  doors: ({ flink }) => [{ name: "flink", what: "Flink", url: `http://127.0.0.1:${String(flink)}`, as: "no password" }],
};
