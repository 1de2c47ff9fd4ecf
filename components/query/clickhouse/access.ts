import * as pulumi from "@pulumi/pulumi";

import type { SecretKeys } from "../../core/capabilities";
import type { Platform } from "../../core/platform";
import type { PodGroup } from "../../core/pod-group";
import type { Service } from "../../core/service";
import { clientUsers, type Users } from "../../core/users";
import type { ClickhouseSettings } from "./settings";
import { hashOf, type Profile, type User, usersXml } from "./users";

/** Profile and rights of one client. */
interface Asked {
  readonly profile: Profile;
  /** Statements of rights; undefined gives all rights. */
  readonly grants: readonly string[] | undefined;
}

/** Users of ClickHouse: one for each generation of a client, with its password in a Secret of the client's namespace. */
export class ClickhouseUsers {
  /** By name of the client. */
  private readonly made = new Map<string, Users>();
  /** By name of the user. */
  private readonly asked = new Map<string, Asked & { readonly password: pulumi.Output<string> }>();

  constructor(
    private readonly server: Service,
    private readonly platform: Pick<Platform, "logins">,
  ) {}

  /**
   * Creates the users of a client: valid generations, and the next one, so that servers have it before its first pod signs in. A
   * second call adds rights.
   * @param as name of a user that is no service of the stack; it has the server's generations, and its Secret is beside the servers
   */
  admit(client: Service, { profile, grants }: Asked, as?: string): SecretKeys {
    const user = as ?? client.service;
    const made = this.made.get(user) ?? this.users(client, as);
    this.made.set(user, made);
    for (const [name, generated] of Object.entries(made.passwords)) {
      const before = this.asked.get(name);
      const wider = before?.profile === "writer" ? before.profile : profile;
      const all =
        before === undefined || grants === undefined ? grants : [...new Set([...(before.grants ?? []), ...grants])];
      this.asked.set(name, { profile: wider, grants: all, password: generated });
    }
    return made.keys;
  }

  private users(client: Service, as: string | undefined): Users {
    const at = this.server.service;
    return clientUsers(this.server, client, {
      at,
      // Its own Secrets are not named after it twice.
      secret: as ?? (client === this.server ? "login" : at),
      alive: this.platform.logins(client.service),
      ...(as === undefined ? {} : { user: as }),
      ahead: true,
    });
  }

  /** @param described done when the whole stack is: then every client has asked */
  file(
    described: pulumi.Input<readonly object[]>,
    group: PodGroup,
    settings: Pick<ClickhouseSettings, "limits">,
  ): pulumi.Output<string> {
    return pulumi
      .output(described)
      .apply(() =>
        pulumi
          .all(
            [...this.asked].map(([name, { password: generated, ...asked }]) =>
              generated.apply((text): User => ({ name, ...asked, hash: hashOf(text) })),
            ),
          )
          .apply((all) => usersXml(all, group, settings)),
      );
  }
}
