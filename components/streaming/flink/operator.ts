import type * as pulumi from "@pulumi/pulumi";

import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { CHART_LABELS, flinkOperatorValues } from "./operator.config";
import { flinkOperatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { flinkOperatorPods } from "./pods";
import type { FlinkSettings } from "./settings";

/** Labels of an existing operator, by its chart's name. */
const EXISTING = { "app.kubernetes.io/name": "flink-kubernetes-operator" };

/** The Flink operator: creates Flink clusters of FlinkDeployments, each with its job, and upgrades them without losing state. */
export function flinkOperator(
  platform: Platform,
  settings: FlinkSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  const name = "flink-operator";
  if (settings.operator === "existing") return existingOperator(name, settings.operatorNamespace, EXISTING);
  const pods = flinkOperatorPods(platform, settings);
  const values = { ...flinkOperatorValues(pods[0], platform.namespace("processing")) };
  const chart = { type: "streaming:FlinkOperator", name, chart: pins.flinkOperator.chart, pods, values };
  const watched = { monitoring: flinkOperatorMonitoring, podLabels: () => CHART_LABELS };
  return deployedOperator(platform, { ...chart, ...watched, budget: true }, opts);
}
