import type { Labels } from "../components/core/labels";

/** What is read of Kubernetes' objects here: fields of pods that a container without Kubernetes has too. */

export interface Meta {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Labels;
}

export interface KeyRef {
  readonly name: string;
  readonly key: string;
}

export interface EnvVar {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: {
    readonly secretKeyRef?: KeyRef;
    readonly configMapKeyRef?: KeyRef;
    readonly fieldRef?: { readonly fieldPath: string };
  };
}

export interface Probe {
  readonly exec?: { readonly command: readonly string[] };
  readonly httpGet?: { readonly path?: string; readonly port: number | string; readonly scheme?: string };
  readonly tcpSocket?: { readonly port: number | string };
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly failureThreshold?: number;
}

export interface Mount {
  readonly name: string;
  readonly mountPath: string;
  readonly subPath?: string;
  readonly readOnly?: boolean;
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly args?: readonly string[];
  readonly workingDir?: string;
  readonly env?: readonly EnvVar[];
  readonly ports?: readonly { readonly name?: string; readonly containerPort: number }[];
  readonly resources?: { readonly limits?: { readonly cpu?: string | number; readonly memory?: string } };
  readonly securityContext?: {
    readonly runAsUser?: number;
    readonly readOnlyRootFilesystem?: boolean;
    readonly capabilities?: { readonly drop?: readonly string[]; readonly add?: readonly string[] };
    readonly allowPrivilegeEscalation?: boolean;
  };
  readonly startupProbe?: Probe;
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly lifecycle?: { readonly stopSignal?: string };
  readonly volumeMounts?: readonly Mount[];
}

interface Source {
  readonly items?: readonly { readonly key: string; readonly path: string }[];
  readonly defaultMode?: number;
}

export interface Volume {
  readonly name: string;
  readonly configMap?: Source & { readonly name: string };
  readonly secret?: Source & { readonly secretName: string };
  readonly emptyDir?: { readonly medium?: string; readonly sizeLimit?: string };
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly volumes?: readonly Volume[];
  readonly securityContext?: { readonly runAsUser?: number; readonly runAsGroup?: number; readonly fsGroup?: number };
  readonly terminationGracePeriodSeconds?: number;
}

export interface WorkloadObject {
  readonly kind: string;
  readonly metadata: Meta;
  readonly spec: {
    readonly replicas?: number;
    readonly serviceName?: string;
    readonly template: {
      readonly metadata: { readonly labels: Labels; readonly annotations?: Labels };
      readonly spec: PodSpec;
    };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}

export interface ServiceObject {
  readonly metadata: Meta;
  readonly spec: {
    readonly clusterIP?: string;
    readonly selector?: Labels;
    readonly ports?: readonly { readonly port: number; readonly targetPort?: number | string }[];
  };
}

interface Selector {
  readonly matchLabels?: Labels;
}

export interface PolicyObject {
  readonly metadata: Meta;
  readonly spec: {
    readonly podSelector: Selector;
    readonly egress?: readonly {
      readonly to?: readonly {
        readonly ipBlock?: { readonly cidr: string };
        readonly namespaceSelector?: Selector;
        readonly podSelector?: Selector;
      }[];
    }[];
  };
}

/** Whether labels are among those of a pod; none select all. */
export const selects = (wanted: Labels = {}, labels: Labels = {}): boolean =>
  Object.entries(wanted).every(([key, value]) => labels[key] === value);
