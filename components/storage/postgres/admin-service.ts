import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { EXPOSED_REASON, type Labels } from "../../core/labels";
import type { Metadata } from "../../core/service";
import { PORT } from "./config";

interface AdminServiceArgs {
  readonly metadata: Metadata;
  /** Labels of the instance that takes writes. */
  readonly selector: Labels;
  readonly nodePort: number;
}

/** A port of every node for `pulumi up`, which makes databases, roles and rights from outside of the cluster. */
export function adminService(
  { metadata, selector, nodePort }: AdminServiceArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Service {
  return new k8s.core.v1.Service(
    metadata.name,
    {
      metadata: {
        ...metadata,
        annotations: { [EXPOSED_REASON]: "pulumi up makes databases, roles and rights from outside of the cluster" },
      },
      spec: { type: "NodePort", selector, ports: [{ name: "postgresql", port: PORT, targetPort: PORT, nodePort }] },
    },
    opts,
  );
}
