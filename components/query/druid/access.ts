import * as pulumi from "@pulumi/pulumi";

import type { SecretKeys } from "../../core/capabilities";
import type { Platform } from "../../core/platform";
import type { Service } from "../../core/service";
import { clientUsers } from "../../core/users";
import { type User, type UserRole, usersFile } from "./users";

/** Who signs in at Druid: a user for each generation of a client, its password a Secret in the client's namespace. */
export class DruidUsers {
  private readonly users = new Map<string, { readonly role: UserRole; readonly password: pulumi.Output<string> }>();

  constructor(
    private readonly server: Service,
    private readonly platform: Pick<Platform, "logins">,
  ) {}

  /** Makes a client's users: those that are alive, and the next one, so that Druid knows it before its first pod signs in. */
  admit(client: Service, role: UserRole): SecretKeys {
    const users = clientUsers(this.server, client, {
      at: "druid",
      // Druid's own is not named twice.
      secret: client === this.server ? "login" : "druid",
      alive: this.platform.logins(client.service),
      ahead: true,
    });
    for (const [user, generated] of Object.entries(users.passwords))
      this.users.set(user, { role, password: generated });
    return users.keys;
  }

  /** @param described done when the whole stack is: then every client has asked */
  file(described: pulumi.Input<readonly object[]>): pulumi.Output<string> {
    return pulumi
      .output(described)
      .apply(() =>
        pulumi
          .all(
            [...this.users].map(([name, { role, password: generated }]) =>
              generated.apply((text): User => ({ name, role, password: text })),
            ),
          )
          .apply(usersFile),
      );
  }
}
