import { PolicyPack } from "@pulumi/policy";

import { policies } from "./policies";

new PolicyPack("lakehouse", {
  description: "Budgets, isolation, pod security, supply chain and storage rights of Kubernetes data platforms.",
  enforcementLevel: "mandatory",
  policies,
});
