import { PolicyPack } from "@pulumi/policy";

import { memoizeProperties } from "./core/memoize";
import { policies } from "./policies";

memoizeProperties();
new PolicyPack("lakehouse", {
  description: "Budgets, isolation, pod security, supply chain and storage rights of Kubernetes data platforms.",
  enforcementLevel: "mandatory",
  policies,
});
