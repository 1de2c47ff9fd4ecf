import type { SignInClient } from "../../core/identity";
import type { IdentitySettings } from "./settings";

type Client = NonNullable<IdentitySettings["clients"][SignInClient]>;

/** What the settings say of a service as a client; undefined where they do not name it. Pure. */
export const clientSettings = ({ clients }: Pick<IdentitySettings, "clients">, service: string): Client | undefined =>
  (clients as Readonly<Record<string, Client | undefined>>)[service];

/** A URL without a `/` at the end, so that paths can follow. */
export const bare = (url: string): string => url.replace(/\/+$/, "");
