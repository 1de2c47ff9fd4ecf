import { serviceEndpoint } from "../../../../components/core/endpoint";
import { FIRST, logins } from "../../../../components/core/login";
import { Service } from "../../../../components/core/service";
import { DatabaseGrants } from "../../../../components/storage/postgres/access";
import { record } from "../../../support/record";

type Inputs = Readonly<Record<string, unknown>> & {
  readonly metadata?: { readonly name: string; readonly namespace: string };
};

export class Client extends Service {
  constructor(name: string, namespace: string) {
    super("storage:Client", name, { namespace, pods: [] });
  }
}

/** Registered resources of a program's requests to a database server. */
export async function granted(program: (grants: DatabaseGrants) => void, credentials = FIRST) {
  const { registered } = await record<Inputs, unknown>(() => {
    const server = new Client("postgres", "lakehouse-storage");
    const endpoint = serviceEndpoint({ name: "postgres", peer: server.peer(), service: "postgres-rw", port: 5432 });
    const dataOptions = { protect: false, retainOnDelete: false };
    const platform = { dataOptions, logins: (service: string) => logins(service, credentials) };
    program(new DatabaseGrants(server, endpoint, { parent: server }, platform));
  });
  const of = (kind: string) =>
    registered
      .filter(({ type }) => type.endsWith(`:${kind}`) && type.startsWith("postgresql:"))
      .sort((one, other) => (one.name < other.name ? -1 : 1));
  const secrets = registered
    .filter(({ type }) => type === "kubernetes:core/v1:Secret")
    .map(({ inputs: { metadata } }) => `${String(metadata?.namespace)}/${String(metadata?.name)}`)
    .sort();
  return { of, secrets };
}
