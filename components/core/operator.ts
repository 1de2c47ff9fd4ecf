import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { disruptionBudget } from "./budget";
import type { Endpoint, PodPeer } from "./endpoint";
import type { Labels } from "./labels";
import { Link } from "./link";
import type { Monitoring } from "./monitoring";
import { password } from "./password";
import type { Chart } from "./pins";
import type { Platform } from "./platform";
import type { PodGroup } from "./pod-group";
import { release } from "./release";
import { Service } from "./service";

/** Host and port of an operator's pods that the API server calls. */
export interface Called {
  /** What is served there. @default "webhook" */
  readonly name?: string;
  readonly role?: string;
  readonly host: string;
  readonly port: number;
}

/** An operator as data: pods of one chart that act on custom resources. */
export interface OperatorArgs {
  /** `<layer>:<Class>`, the end of the type token: identity, never changed. */
  readonly type: string;
  /** Of the service and of the release. */
  readonly name: string;
  readonly chart: Chart;
  readonly pods: readonly PodGroup[];
  /**
   * Chart of the operator's CRDs alone. Deleting a CRD deletes its custom resources, so this release outlives the stack.
   * @default in `chart`
   */
  readonly definitions?: { readonly name: string; readonly chart: Chart };
  /** Values of the chart. */
  readonly values: Readonly<Record<string, unknown>>;
  readonly monitoring?: Monitoring;
  /** Labels of its pods, where the chart sets them. @default our own */
  readonly podLabels?: (role: string | undefined) => Labels;
  /** @default true: its namespace is ours */
  readonly managed?: boolean;
  /** Where the API server calls the operator: its webhooks, its own part of the API. @default nowhere */
  readonly webhook?: Called | readonly Called[];
  /** The user that it signs in as at what it runs: a Secret `<name>-<role>` with `username` and a generated `password`. @default none */
  readonly login?: { readonly role: string; readonly user: string };
  /** Our disruption budget, where the chart makes none. @default none */
  readonly budget?: boolean;
}

export class Operator extends Service {
  readonly release: k8s.helm.v3.Release;

  constructor(platform: Platform, args: OperatorArgs, opts?: pulumi.ComponentResourceOptions) {
    const { type, name, chart, pods, values, definitions, monitoring, podLabels, managed, webhook } = args;
    const [first] = pods;
    if (first === undefined) throw new Error(`${name} has no pods`);
    const { namespace } = first;
    super(
      type,
      name,
      {
        namespace,
        pods,
        ...(monitoring && { monitoring }),
        ...(podLabels && { podLabels }),
        ...(managed === undefined ? {} : { managed }),
      },
      opts,
    );
    const after: pulumi.Resource[] = [this.link(platform.apiServer)];
    for (const called of webhook === undefined ? [] : [webhook].flat()) after.push(this.calledLink(platform, called));
    if (args.login !== undefined) after.push(this.login(args.login));
    if (definitions !== undefined)
      after.push(
        release(
          definitions.name,
          { chart: definitions.chart, namespace, values: {} },
          { parent: this, retainOnDelete: true },
        ),
      );
    // The release waits for its pods, which are not ready before they reach the API server.
    this.release = release(name, { chart, namespace, values }, { parent: this, dependsOn: after });
    if (args.budget === true) disruptionBudget(name, first, this.peer().labels, { parent: this });
    this.registerOutputs();
  }

  /** Read at its start, so it is there before. */
  private login({ role, user }: NonNullable<OperatorArgs["login"]>): pulumi.Resource {
    return this.secret(role, { username: user, password: password(`${this.service}-${role}`, this) });
  }

  /** Link from the API server, which calls a webhook for each object of some kinds. */
  private calledLink({ apiServer }: Platform, { name = "webhook", role, host, port }: Called): Link {
    const to = this.port(`${this.service}-${name}`, host, port, role);
    return new Link(`${apiServer.name}-to-${to.name}`, { from: apiServer.peer, to }, { parent: this });
  }

  /** A TLS endpoint of its pods. */
  port(name: string, host: string, port: number, role?: string): Endpoint {
    return { name, peer: this.peer(role), host, port, targetPorts: [port], protocol: "TCP", scheme: "https" };
  }
}

/** An operator, and the services that its custom resources depend on. */
export interface Operated {
  readonly peer: PodPeer;
  /** Empty where the operator exists outside of this stack. */
  readonly services: readonly Operator[];
}

/** An operator that exists outside of this stack: policies need only its pods' namespace and labels. */
export const existingOperator = (name: string, namespace: string, labels: Labels): Operated => ({
  peer: { kind: "pods", name, namespace, labels, managed: false },
  services: [],
});

export function deployedOperator(
  platform: Platform,
  args: OperatorArgs & {
    /** Role of the pods that call what the operator runs. @default all of them */
    readonly caller?: string;
  },
  opts?: pulumi.ComponentResourceOptions,
): Operated {
  const made = new Operator(platform, args, opts);
  return { peer: made.peer(args.caller), services: [made] };
}
