import type * as pulumi from "@pulumi/pulumi";

import { serviceHost } from "../../core/endpoint";
import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { operatorValues, WEBHOOK_PORT } from "./operator.config";
import { operatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { OPERATOR, operatorLabels, operatorPods } from "./pods";
import type { MariadbSettings } from "./settings";

const EXISTING = { "app.kubernetes.io/name": OPERATOR };

/** mariadb-operator: a controller, a webhook, and a controller of the webhook's certificates. */
export function mariadbOperator(
  platform: Platform,
  settings: MariadbSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  if (settings.operator === "existing") return existingOperator(OPERATOR, settings.operatorNamespace, EXISTING);
  const [controller, webhook, certificates] = operatorPods(platform, settings);
  return deployedOperator(
    platform,
    {
      type: "storage:MariadbOperator",
      name: OPERATOR,
      chart: pins.mariadbOperator.chart,
      // The operator's own chart would delete the CRDs with the release, and with them every database.
      definitions: { name: `${OPERATOR}-crds`, chart: pins.mariadbOperatorCrds.chart },
      pods: [controller, webhook, certificates],
      values: operatorValues({ controller, webhook, certificates }),
      monitoring: operatorMonitoring,
      podLabels: operatorLabels,
      webhook: { role: "webhook", host: serviceHost(`${OPERATOR}-webhook`, webhook.namespace), port: WEBHOOK_PORT },
      caller: "controller",
    },
    opts,
  );
}
