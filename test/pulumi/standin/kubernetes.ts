import { isDeepStrictEqual } from "node:util";

import * as provider from "@pulumi/pulumi/provider";

import { Api, ApiError, type KubernetesObject } from "../../../sandbox/control-plane/api";
import { kubeconfigAccess } from "../../../sandbox/control-plane/kubeconfig";
import { keepConfiguration, replacedFields } from "./maps";

/**
 * A stand-in for Pulumi's Kubernetes plugin, for tests of the engine on a real API server: every object is applied server-side,
 * and has drifted when applying it again would change it. Like Pulumi's own it makes ConfigMaps and Secrets anew when they
 * change (`maps.ts`), and takes up an object that it did not make only when it is told to. Charts are answered with what was given.
 * It waits for nothing to become ready.
 */
type Properties = Readonly<Record<string, unknown>>;

/** Every text that is not known in a preview is this one. */
const UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const MANAGER = "pulumi-stand-in";
const UPSERT = process.env.PULUMI_K8S_UPSERT_EXISTING_OBJECTS === "true";
const PAUSE_MS = Number(process.env.STANDIN_PAUSE_MS ?? 0);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const isChart = (urn: string) => typeOf(urn).startsWith("kubernetes:helm.sh/");
const isPatch = (urn: string) => typeOf(urn).endsWith("Patch");
const typeOf = (urn: string) => urn.split("::")[2]?.split("$").at(-1) ?? "";

/** The object itself. A `…Patch` is some fields of an object that somebody else made. */
function objectOf(urn: string, properties: Properties): KubernetesObject {
  const object = plain(properties) as KubernetesObject;
  return isPatch(urn) ? { ...object, kind: object.kind.replace(/Patch$/, "") } : object;
}

/** What is the same from one apply to the next, if nothing changes. */
function content(object: KubernetesObject): unknown {
  const {
    managedFields: _fields,
    resourceVersion: _version,
    generation: _generation,
    ...metadata
  } = object.metadata as Properties;
  return { ...object, metadata, status: undefined };
}

/** How the engine marks a secret. */
const SIGNATURE = "4dabf18193072939515e22adb298388d";
const isSecret = (value: object): value is { readonly value: unknown } => SIGNATURE in value;

/** Without the marks of secrets: as the API server takes it. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  if (isSecret(value)) return plain(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
}

/** The values that an object has now for the fields that were given; what was a secret stays one. */
function project(given: unknown, live: unknown): unknown {
  if (Array.isArray(given) || typeof given !== "object" || given === null) return live;
  if (isSecret(given)) return { ...given, value: project(given.value, live) };
  const now = (live ?? {}) as Properties;
  return Object.fromEntries(Object.entries(given).map(([key, value]) => [key, project(value, now[key])]));
}

class Kubernetes implements provider.Provider {
  readonly version = process.env.STANDIN_VERSION;
  private readonly api = new Api(kubeconfigAccess(process.env.KUBECONFIG ?? ""));

  check = (_urn: string, _olds: Properties, news: Properties) => Promise.resolve({ inputs: news, failures: [] });

  diff = async (_id: string, urn: string, olds: Properties, news: Properties) => {
    if (isDeepStrictEqual(objectOf(urn, olds), objectOf(urn, news))) return { changes: false };
    const known = !JSON.stringify(news).includes(UNKNOWN);
    const refused = known && !isChart(urn) && (await this.refused(objectOf(urn, news))) ? ["spec"] : [];
    const replaces = [...replacedFields(typeOf(urn), olds, news), ...refused];
    return { changes: true, replaces, deleteBeforeReplace: true };
  };

  create = async (urn: string, inputs: Properties) => {
    await pause(PAUSE_MS);
    const { name, namespace } = (inputs.metadata ?? {}) as { readonly name?: string; readonly namespace?: string };
    const id = [namespace, name].filter(Boolean).join("/") || (urn.split("::").at(-1) ?? urn);
    if (!UPSERT && !isChart(urn) && !isPatch(urn) && (await this.api.get(objectOf(urn, inputs))) !== undefined)
      throw new Error(`"${id.split("/").at(-1) ?? id}" already exists`);
    return { id, outs: await this.apply(urn, inputs) };
  };

  update = async (_id: string, urn: string, _olds: Properties, news: Properties) => ({
    outs: await this.apply(urn, news),
  });

  read = async (id: string, urn: string, props: Properties) => {
    if (isChart(urn)) return { id, props, inputs: props };
    const object = objectOf(urn, props);
    const live = await this.api.get(object);
    if (live === undefined) return {};
    const again = await this.api.apply(object, MANAGER, { dryRun: true });
    const now = isDeepStrictEqual(content(live), content(again)) ? props : (project(props, live) as Properties);
    return { id, props: now, inputs: now };
  };

  delete = async (_id: string, urn: string, props: Properties) => {
    if (isChart(urn)) return;
    const { apiVersion, kind, metadata, ...rest } = objectOf(urn, props);
    const { name, namespace } = metadata;
    if (isPatch(urn)) {
      // The fields are given back: nobody wants them any more.
      await this.api.apply(
        { apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } },
        MANAGER,
      );
      return;
    }
    const object = { apiVersion, kind, metadata, ...rest };
    await this.api.delete(object);
    while ((await this.api.get(object)) !== undefined) await pause(50);
  };

  private async apply(urn: string, inputs: Properties): Promise<Properties> {
    if (!isChart(urn)) await this.api.apply(objectOf(urn, inputs), MANAGER);
    return inputs;
  }

  /** Whether the object would have to be made anew, because a field may not change. */
  private async refused(object: KubernetesObject): Promise<boolean> {
    try {
      await this.api.apply(object, MANAGER, { dryRun: true });
      return false;
    } catch (error) {
      if (error instanceof ApiError && error.status === 422 && /immutable|forbidden/i.test(error.reason)) return true;
      throw error;
    }
  }
}

keepConfiguration();
void provider.main(new Kubernetes(), process.argv.slice(2));
