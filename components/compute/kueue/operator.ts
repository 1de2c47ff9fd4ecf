import type * as pulumi from "@pulumi/pulumi";

import { serviceHost } from "../../core/endpoint";
import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { monitoring } from "./monitoring";
import { kueueValues, VISIBILITY_PORT, WEBHOOK_PORT } from "./operator.config";
import { pins } from "./pins";
import { kueuePods, OPERATOR, OPERATOR_LABELS } from "./pods";
import type { KueueSettings } from "./settings";

/** Kueue's controllers: they decide, serve the webhooks that suspend jobs, and answer who waits. */
export function kueueOperator(
  platform: Platform,
  settings: KueueSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  if (settings.operator === "existing")
    return existingOperator(OPERATOR, settings.operatorNamespace, { "app.kubernetes.io/name": OPERATOR });
  const pods = kueuePods(platform, settings);
  const host = (service: string) => serviceHost(`${OPERATOR}-${service}`, pods.namespace);
  return deployedOperator(
    platform,
    {
      type: "compute:KueueOperator",
      name: OPERATOR,
      chart: pins.kueue.chart,
      pods: [pods],
      values: kueueValues(pods, platform.namespace("compute")),
      monitoring,
      podLabels: () => OPERATOR_LABELS,
      webhook: [
        { host: host("webhook-service"), port: WEBHOOK_PORT },
        { name: "visibility", host: host("visibility-server"), port: VISIBILITY_PORT },
      ],
    },
    opts,
  );
}
