import * as pulumi from "@pulumi/pulumi";

import type { VectorAccess, VectorRequest, VectorStore } from "../../core/vector-spaces";
import { type Endpoint, url } from "../../core/endpoint";
import type { Platform } from "../../core/platform";
import type { Service } from "../../core/service";
import { clientUsers, type Users } from "../../core/users";
import { VectorSpaces } from "../../core/vector-spaces";
import { NAME } from "./pods";
import * as rights from "./rights";

/** Requests and users of one client. */
interface Client extends Users {
  readonly access: VectorRequest[];
}

/** Who may do what with Milvus: a role for each client, and a user for each generation of its credentials. */
export class MilvusUsers implements VectorStore {
  readonly kind = "milvus";
  private readonly spaces = new VectorSpaces();
  private readonly clients = new Map<string, Client>();

  constructor(
    private readonly server: Service,
    readonly endpoint: Endpoint,
    private readonly platform: Pick<Platform, "logins">,
    /** The task that creates users: clients' Secrets come after it. */
    private readonly made: () => pulumi.Resource,
  ) {}

  grant(client: Service, access: readonly VectorRequest[]): VectorAccess {
    const { service } = client;
    this.spaces.ask(service, access);
    const known = this.clients.get(service) ?? { ...this.users(client), access: [] };
    this.clients.set(service, known);
    known.access.push(...access);
    return { ...known.keys, endpoint: this.endpoint, kind: this.kind, url: url(this.endpoint) };
  }

  private users(client: Service): Users {
    const alive = this.platform.logins(client.service);
    return clientUsers(this.server, client, { at: NAME, alive, spelled: rights.spelled, after: [this.made()] });
  }

  /** What the task makes, without passwords. */
  lines(): string[] {
    return rights.rightsLines(
      [...this.clients].map(([service, { access, passwords }]) => ({ service, access, users: Object.keys(passwords) })),
    );
  }

  /** The task's file. */
  file(): pulumi.Output<string> {
    const all = [...this.clients.values()].flatMap(({ passwords }) => Object.entries(passwords));
    return pulumi.output(Object.fromEntries(all)).apply((passwords) => rights.rightsFile(this.lines(), passwords));
  }
}
