import { formatBytes, GiB } from "../../core/quantity";
import type { Mistake } from "../../fields/mistakes";
import type { MilvusSettings } from "./settings";

const PATH = "lakehouse:query.milvus";
const ODD = [1, 3, 5];
/** etcd keeps up to half of its volume; below that it would stop writes too early. */
const LEAST_ETCD_VOLUME = GiB;

export function* check({ mode, standalone, etcd, etcdVolume, pulsar }: MilvusSettings): Generator<Mistake> {
  if (!ODD.includes(etcd.replicas))
    yield {
      path: `${PATH}.etcd.replicas`,
      message: `given ${String(etcd.replicas)}; allowed: 1, 3 or 5, so that a majority is clear`,
    };
  if (etcdVolume < LEAST_ETCD_VOLUME)
    yield {
      path: `${PATH}.etcdVolume`,
      message: `given ${formatBytes(etcdVolume)}; allowed: at least ${formatBytes(LEAST_ETCD_VOLUME)}`,
    };
  if (mode === "standalone" && standalone.replicas !== 1)
    yield {
      path: `${PATH}.standalone.replicas`,
      message: `given ${String(standalone.replicas)}; allowed: 1, or mode cluster`,
    };
  if (mode === "standalone" && pulsar !== undefined)
    yield {
      path: `${PATH}.pulsar`,
      message:
        "given in mode standalone, whose log of changes is in the object store; allowed: with mode cluster, or left out",
    };
}
