import { dnsLabel, mode, size } from "./fields";

/**
 * Settings of an operator that a stack deploys or finds in its cluster.
 * @param what "the Flink operator"
 * @param namespace of an existing operator, by its own documentation
 * @param sizes of the pods that are deployed
 * @param pods description of these pods
 */
export function operator(
  what: string,
  namespace: string,
  sizes: Parameters<typeof size>[0],
  pods = "pods of the deployed operator",
) {
  return {
    operator: mode("existing", "deployed")
      .default("deployed")
      .describe(`use ${what} of the cluster, or deploy one; default deployed`),
    operatorNamespace: dnsLabel.default(namespace).describe(`namespace of the existing operator; default ${namespace}`),
    operatorSize: size(sizes).describe(pods),
  };
}
