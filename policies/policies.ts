import type { ResourceValidationPolicy, StackValidationPolicy } from "@pulumi/policy";

import { apiAccess } from "./api-access";
import { buckets } from "./buckets";
import { budgets } from "./budgets";
import { capacity } from "./capacity";
import { connections } from "./connections";
import { supply } from "./images";
import { serviceForbidExposedData } from "./exposure";
import { connectionRequireTls } from "./hops";
import { isolation } from "./isolation";
import { kinds } from "./kinds";
import { memory } from "./memory";
import { calico } from "./network/calico";
import { podForbidWideEgress } from "./network/wide";
import { operations } from "./operations";
import { pods } from "./pods";
import { remediations } from "./pods/remediate";
import { provenance } from "./provenance";
import { quotaPolicies } from "./quotas";
import { secrets } from "./secrets";
import { state } from "./state";
import { endpointRequireTls } from "./tls";

/** Policies that recommend; all others are mandatory. */
const ADVISORY = new Set(["container-require-memory-guarantee"]);

/** Every policy of the pack, in the order in which they are listed and run. */
export const policies: (ResourceValidationPolicy | StackValidationPolicy)[] = [
  ...kinds,
  ...budgets,
  ...quotaPolicies,
  ...capacity,
  ...memory,
  ...isolation,
  podForbidWideEgress,
  ...connections,
  ...apiAccess,
  ...calico,
  serviceForbidExposedData,
  ...pods,
  ...operations,
  ...remediations.map((policy) => ({ ...policy, enforcementLevel: "disabled" as const })),
  ...supply,
  ...provenance,
  ...secrets,
  ...buckets,
  ...state,
  endpointRequireTls,
  connectionRequireTls,
].map((policy) => (ADVISORY.has(policy.name) ? { ...policy, enforcementLevel: "advisory" } : policy));
