import type { ClientSettings, IdentitySettings } from "./settings";

/** What the settings say of a service as a client; undefined where they do not name it. Pure. */
export const clientSettings = (
  { clients }: Pick<IdentitySettings, "clients">,
  service: string,
): ClientSettings | undefined => (clients as Readonly<Record<string, ClientSettings | undefined>>)[service];
