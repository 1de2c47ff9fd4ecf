import { bare, type Endpoint, outsideEndpoint } from "../../core/endpoint";
import type { ClientAccess, IdentityProvider } from "../../core/identity";
import type { Service } from "../../core/service";
import { clientSettings } from "./clients";
import type { IdentitySettings } from "./settings";

/** Key of the client's secret in the Secret that the settings name. */
const SECRET_KEY = "clientSecret";

/** An issuer outside of the stack. Its owner has made the clients, and named where browsers come back to. */
export class ExistingIssuer implements IdentityProvider {
  readonly issuer: string;
  readonly endpoint: Endpoint;
  readonly configuration: string;
  readonly groupsClaim: string;
  readonly userClaim: string;

  constructor(private readonly settings: IdentitySettings) {
    const { issuer = "", cidrs, groupsClaim, userClaim } = settings;
    this.issuer = issuer;
    this.configuration = `${bare(issuer)}/.well-known/openid-configuration`;
    const reason = "people sign in at an issuer outside of the cluster";
    this.endpoint = outsideEndpoint({ name: "identity", url: issuer, cidrs, reason });
    [this.groupsClaim, this.userClaim] = [groupsClaim, userClaim];
  }

  client({ service }: Service): ClientAccess | undefined {
    const told = clientSettings(this.settings, service);
    if (told?.secret === undefined) return undefined;
    const { id = service, secret } = told;
    return { endpoint: this.endpoint, id, secret, secretKey: SECRET_KEY, url: told.url };
  }
}
