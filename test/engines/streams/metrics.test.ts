import { connectMonitoring } from "../../../components/streaming/connect/monitoring";
import { flinkMonitoring } from "../../../components/streaming/flink/monitoring";
import { kafkaMonitoring } from "../../../components/streaming/kafka/monitoring";
import { exposes } from "../metrics";
import { stage } from "./stage";

exposes(stage, {
  kafka: { monitoring: kafkaMonitoring({ combined: true }), ports: { combined: "kafkaMetrics" } },
  connect: { monitoring: connectMonitoring, ports: { connect: "connectMetrics" } },
  flink: { monitoring: flinkMonitoring, ports: { jobmanager: "flinkLeaderMetrics", taskmanager: "flinkTasksMetrics" } },
});
