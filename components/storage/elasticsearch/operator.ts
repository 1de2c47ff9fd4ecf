import type * as pulumi from "@pulumi/pulumi";

import { deployedOperator, existingOperator, type Operated } from "../../core/operator";
import type { Platform } from "../../core/platform";
import { operatorValues } from "./operator.config";
import { operatorMonitoring } from "./operator.monitoring";
import { pins } from "./pins";
import { OPERATOR, operatorLabels, operatorPods } from "./pods";
import type { ElasticsearchSettings } from "./settings";

/** ECK: the operator of Elasticsearch, Kibana and Logstash. */
export function elasticOperator(
  platform: Platform,
  settings: ElasticsearchSettings,
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  if (settings.operator === "existing") return existingOperator(OPERATOR, settings.operatorNamespace, operatorLabels);
  const pods = operatorPods(platform, settings);
  return deployedOperator(
    platform,
    {
      type: "storage:ElasticOperator",
      name: OPERATOR,
      chart: pins.eckOperator.chart,
      // Deleting a CRD deletes its resources, and with them every index.
      definitions: { name: `${OPERATOR}-crds`, chart: pins.eckOperatorCrds.chart },
      pods,
      values: operatorValues(pods[0], platform.namespace("storage")),
      monitoring: operatorMonitoring,
      podLabels: () => ({ ...operatorLabels, "app.kubernetes.io/instance": OPERATOR }),
    },
    opts,
  );
}
