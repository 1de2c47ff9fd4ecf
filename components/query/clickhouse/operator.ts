import type * as pulumi from "@pulumi/pulumi";

import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { LOGIN, operatorValues, OPERATOR_USER } from "./operator.config";
import { operatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { OPERATOR, OPERATOR_LABELS, operatorPods } from "./pods";
import type { ClickhouseSettings } from "./settings";

/** Labels of an existing operator, by upstream's own manifest. */
const EXISTING = { app: OPERATOR };

/** Altinity's operator, in the namespace of what it runs. */
export function clickhouseOperator(
  platform: Platform,
  settings: ClickhouseSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  if (settings.operator === "existing") return existingOperator(OPERATOR, settings.operatorNamespace, EXISTING);
  const pods = operatorPods(platform, settings);
  return deployedOperator(
    platform,
    {
      type: "query:ClickhouseOperator",
      name: OPERATOR,
      chart: pins.clickhouseOperator.chart,
      pods,
      values: operatorValues(pods[0]),
      monitoring: operatorMonitoring,
      podLabels: () => OPERATOR_LABELS,
      login: { role: LOGIN, user: OPERATOR_USER },
    },
    opts,
  );
}
