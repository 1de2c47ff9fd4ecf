import type * as pulumi from "@pulumi/pulumi";

import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { CHART_LABELS, strimziValues } from "./operator.config";
import { strimziMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { strimziPods } from "./pods";
import type { KafkaSettings } from "./settings";

/** The Strimzi operator, which runs Kafka and Kafka Connect of their custom resources. */
export function strimzi(platform: Platform, settings: KafkaSettings, opts?: pulumi.ComponentResourceOptions): Operated {
  const name = "strimzi";
  if (settings.operator === "existing") return existingOperator(name, settings.operatorNamespace, CHART_LABELS);
  const pods = strimziPods(platform, settings);
  const values = strimziValues(pods[0], platform.namespace("streaming"));
  const chart = { type: "streaming:Strimzi", name, chart: pins.strimzi.chart, pods, values };
  return deployedOperator(platform, { ...chart, monitoring: strimziMonitoring, podLabels: () => CHART_LABELS }, opts);
}
