import type * as pulumi from "@pulumi/pulumi";

import { serviceHost } from "../../core/endpoint";
import { serviceSelector } from "../../core/labels";
import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { chartLabels, type OperatorRole, sparkOperatorValues, WEBHOOK_PORT } from "./operator.config";
import { sparkOperatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { sparkOperatorPods } from "./pods";
import type { SparkSettings } from "./settings";

/** Labels of an existing operator, by its chart's name. */
const EXISTING = { "app.kubernetes.io/name": "spark-operator" };

/** The Spark operator: a controller that creates drivers of SparkApplications, and a webhook that checks and completes them. */
export function sparkOperator(
  platform: Platform,
  settings: SparkSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  const name = "spark-operator";
  if (settings.operator === "existing") return existingOperator(name, settings.operatorNamespace, EXISTING);
  const namespace = platform.namespace("operators");
  const [controller, webhook] = sparkOperatorPods(platform, settings);
  const jobNamespace = platform.namespace("compute");
  return deployedOperator(
    platform,
    {
      type: "compute:SparkOperator",
      name,
      chart: pins.sparkOperator.chart,
      pods: [controller, webhook],
      values: { ...sparkOperatorValues({ release: name, groups: { controller, webhook }, jobNamespace }) },
      monitoring: sparkOperatorMonitoring(settings.maintenance),
      // The chart labels its pods in its own way.
      podLabels: (role) => (role === undefined ? serviceSelector(name) : chartLabels(name, role as OperatorRole)),
      webhook: { role: "webhook", host: serviceHost(`${name}-webhook-svc`, namespace), port: WEBHOOK_PORT },
    },
    opts,
  );
}
