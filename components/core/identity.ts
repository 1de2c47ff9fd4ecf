import type { Endpoint } from "./endpoint";
import type { Service } from "./service";

/** Who signs people in: an issuer of OpenID Connect, the stack's own or an existing one. Both give the same. */

/** Services that can sign people in by it: names of clients in the settings. */
export const SIGN_IN_CLIENTS = ["jupyterhub", "trino"] as const;
export type SignInClient = (typeof SIGN_IN_CLIENTS)[number];

/** What a service asks for. */
export interface ClientRequest {
  /**
   * Paths below the client's URL to which browsers come back, each beginning with `/`: `/hub/oauth_callback`. An existing issuer's
   * owner has named them there.
   */
  readonly redirectPaths: readonly string[];
}

/** One service as a client of the issuer. */
export interface ClientAccess {
  /** For the Link; the same for all clients. */
  readonly endpoint: Endpoint;
  /** `client_id`. Of the stack's own issuer each generation of credentials is a client of its own: `trino`, `trino-2`. */
  readonly id: string;
  /** Secret in the client's namespace, and the key of `client_secret` in it: for `fromSecret()`. */
  readonly secret: string;
  readonly secretKey: string;
  /** Where people open the service, without a `/` at the end: `https://hub.example.org`. */
  readonly url: string;
}

/** Endpoints of the protocol, for clients that cannot read the configuration at `configuration`. */
export interface SignInEndpoints {
  /** Opened by browsers. */
  readonly authorization: string;
  readonly endSession: string;
  /** Asked by pods: below the URL of `endpoint`. */
  readonly token: string;
  readonly userinfo: string;
  readonly jwks: string;
}

export interface IdentityProvider {
  /** `iss` of every token and of the configuration, for pods and browsers: `https://id.example.org/realms/lakehouse`. */
  readonly issuer: string;
  /** Where pods ask: for a Link. An `https` one is trusted by the CAs of the image or of `lakehouse:cluster.caBundle`. */
  readonly endpoint: Endpoint;
  /**
   * URL of the configuration document (`…/.well-known/openid-configuration`) as pods read it by way of `endpoint`. Of the endpoints in
   * it those that pods ask are reached in the same way; the issuer in it is `issuer`.
   */
  readonly configuration: string;
  /** What the document says of the endpoints. @default known there alone: the issuer is an existing one */
  readonly endpoints?: SignInEndpoints;
  /** Claim with the names of a person's groups, a list, in tokens and userinfo. */
  readonly groupsClaim: string;
  /** Claim with a person's name in the settings. */
  readonly userClaim: string;
  /**
   * Makes a service a client of the issuer.
   * @returns undefined where the settings name no such client: people sign in at the service as without an issuer
   */
  client(service: Service, request: ClientRequest): ClientAccess | undefined;
}
