import type { PresetName } from "./schema";

/** Settings as written, incomplete. */
export type Fragment = Readonly<Record<string, unknown>>;

/**
 * Sizes to start from. `dev` is a laptop, `homelab` three 96 GB machines; the others are the founding documents'
 * production tiers: 1 PB, 5 PB with 50 000 users, 10 PB with 100 000 users.
 */
export const presets: Readonly<Record<PresetName, Fragment>> = {
  dev: {
    storage: {
      objects: { server: { replicas: 1, cpu: 0.25, memory: "512Mi" }, drives: 1, driveSize: "10Gi" },
      postgres: {
        server: { replicas: 1, cpu: 0.25, memory: "512Mi" },
        storage: "2Gi",
        walStorage: "1Gi",
        backup: { plugin: "off" },
      },
      libraries: { server: { replicas: 1, cpu: 0.05, memory: "64Mi" } },
    },
    catalog: { hiveMetastore: { server: { replicas: 1, cpu: 0.25, memory: "1Gi" } } },
    compute: {
      spark: {
        driver: { replicas: 1, cpu: 0.25, memory: "1Gi" },
        executor: { replicas: 1, cpu: 0.5, memory: "1536Mi" },
        operator: { cpu: 0.1, memory: "256Mi" },
      },
    },
    query: {
      trino: {
        coordinator: { cpu: 0.5, memory: "1280Mi" },
        worker: { replicas: 1, cpu: 0.5, memory: "1536Mi" },
        spill: "5Gi",
        cache: { size: "2Gi" },
      },
    },
    streaming: {
      kafka: {
        operatorSize: { cpu: 0.1, memory: "384Mi" },
        broker: { replicas: 1, cpu: 0.25, memory: "1Gi" },
        combined: true,
        diskSize: "5Gi",
        retentionHours: 24,
        entityOperator: { cpu: 0.1, memory: "512Mi" },
        exporter: { cpu: 0.05, memory: "64Mi" },
      },
      connect: { worker: { replicas: 1, cpu: 0.25, memory: "768Mi" } },
      flink: {
        operatorSize: { cpu: 0.1, memory: "512Mi" },
        jobManager: { cpu: 0.2, memory: "1Gi" },
        taskManager: { replicas: 1, cpu: 0.25, memory: "1536Mi" },
        partitions: 3,
        disk: "2Gi",
      },
    },
  },
  homelab: {
    storage: { postgres: { server: { replicas: 2, cpu: 0.5, memory: "2Gi" }, storage: "20Gi", walStorage: "10Gi" } },
    catalog: { hiveMetastore: { server: { replicas: 2, cpu: 0.5, memory: "4Gi" } } },
    compute: {
      spark: { driver: { replicas: 4, cpu: 0.75, memory: "4Gi" }, executor: { replicas: 4, cpu: 1, memory: "8Gi" } },
    },
    query: { trino: { coordinator: { cpu: 2, memory: "8Gi" }, worker: { replicas: 2, cpu: 4, memory: "24Gi" } } },
  },
  minimal: production({
    minio: 4,
    driveSize: "16Ti",
    drives: 16,
    executors: 10,
    workers: 3,
    brokers: 3,
    taskManagers: 2,
    terabytes: 1000,
  }),
  medium: production({
    minio: 16,
    driveSize: "20Ti",
    drives: 16,
    executors: 40,
    workers: 10,
    brokers: 10,
    taskManagers: 5,
    terabytes: 5000,
  }),
  large: production({
    minio: 32,
    driveSize: "20Ti",
    drives: 16,
    executors: 100,
    workers: 20,
    brokers: 15,
    taskManagers: 10,
    terabytes: 10000,
  }),
};

interface Tier {
  readonly minio: number;
  readonly drives: number;
  readonly driveSize: string;
  readonly executors: number;
  readonly workers: number;
  readonly brokers: number;
  /** The smallest tier's bill has no Flink; two are enough to try it. */
  readonly taskManagers: number;
  readonly terabytes: number;
}

function production(tier: Tier): Fragment {
  return {
    storage: {
      objects: {
        server: { replicas: tier.minio, cpu: 8, memory: "32Gi" },
        drives: tier.drives,
        driveSize: tier.driveSize,
      },
      postgres: {
        operatorSize: { replicas: 2, cpu: 0.25, memory: "512Mi" },
        server: { replicas: 3, cpu: 4, memory: "16Gi" },
        synchronous: "required",
        storage: "200Gi",
        walStorage: "50Gi",
        backup: { sidecar: { cpu: 1, memory: "2Gi" } },
      },
      // All executors of a large job start at once.
      libraries: { server: { replicas: 2, cpu: 0.5, memory: "256Mi" } },
    },
    catalog: { hiveMetastore: { server: { replicas: 3, cpu: 2, memory: "8Gi" } } },
    compute: {
      spark: {
        operator: { replicas: 2, cpu: 0.5, memory: "1Gi" },
        driver: { replicas: Math.max(2, Math.ceil(tier.executors / 10)), cpu: 2, memory: "8Gi" },
        executor: { replicas: tier.executors, cpu: 4, memory: "16Gi" },
      },
    },
    query: {
      trino: {
        coordinator: { cpu: 8, memory: "32Gi" },
        worker: { replicas: tier.workers, cpu: 14, memory: "112Gi" },
        concurrency: 50,
        spill: "500Gi",
        cache: { size: "500Gi" },
      },
    },
    streaming: {
      kafka: {
        operatorSize: { replicas: 2, cpu: 0.5, memory: "1Gi" },
        broker: { replicas: tier.brokers, cpu: 4, memory: "24Gi" },
        controller: { replicas: 3, cpu: 1, memory: "4Gi" },
        entityOperator: { cpu: 0.5, memory: "2Gi" },
        exporter: { cpu: 0.25, memory: "256Mi" },
      },
      connect: { worker: { replicas: 2, cpu: 1, memory: "4Gi" } },
      flink: {
        operatorSize: { replicas: 2, cpu: 0.25, memory: "1Gi" },
        jobManager: { replicas: 2, cpu: 1, memory: "2Gi" },
        taskManager: { replicas: tier.taskManagers },
      },
    },
    prices: { objectStorageTb: tier.terabytes },
  };
}

/** `base` with `over` on top: sections are joined key by key, everything else is replaced. */
export function merge(base: Fragment, over: Fragment): Fragment {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const below = merged[key];
    merged[key] = isSection(below) && isSection(value) ? merge(below, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is Fragment {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
