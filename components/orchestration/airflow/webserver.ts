import type { AirflowSettings } from "./settings";

/** How people sign in: the file that Airflow's pages read (`webserver_config.py` of Flask AppBuilder). Pure. */

/** JSON is Python too, for texts and maps of texts. */
const python = (value: unknown) => JSON.stringify(value);

const PASSWORDS = ["from flask_appbuilder.const import AUTH_DB", "", "AUTH_TYPE = AUTH_DB", ""].join("\n");

export function webserverConfig({ auth: { oidc } }: Pick<AirflowSettings, "auth">): string {
  if (oidc === undefined) return PASSWORDS;
  const { issuer, clientId, claim, roles } = oidc;
  const metadata = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
  const mapping = Object.fromEntries(Object.entries(roles).map(([group, role]) => [group, [role]]));
  return `import os

from airflow.providers.fab.auth_manager.security_manager.override import FabAirflowSecurityManagerOverride
from flask_appbuilder.const import AUTH_OAUTH

AUTH_TYPE = AUTH_OAUTH
AUTH_USER_REGISTRATION = True
AUTH_USER_REGISTRATION_ROLE = "Public"
# Roles follow the groups at each sign-in.
AUTH_ROLES_SYNC_AT_LOGIN = True
AUTH_ROLES_MAPPING = ${python(mapping)}
OAUTH_PROVIDERS = [
    {
        "name": "oidc",
        "icon": "fa-key",
        "token_key": "access_token",
        "remote_app": {
            "client_id": ${python(clientId)},
            "client_secret": os.environ.get("LAKEHOUSE_OIDC_SECRET", ""),
            "server_metadata_url": ${python(metadata)},
            "client_kwargs": {"scope": "openid email profile"},
        },
    }
]


class Groups(FabAirflowSecurityManagerOverride):
    """Takes names and groups from the issuer."""

    def get_oauth_user_info(self, provider, resp):
        told = self.oauth_remotes[provider].userinfo(token=resp)
        name = told.get("preferred_username") or told["sub"]
        return {
            "username": name,
            "email": told.get("email") or f"{name}@unknown.invalid",
            "first_name": told.get("given_name", ""),
            "last_name": told.get("family_name", ""),
            "role_keys": told.get(${python(claim)}) or [],
        }


SECURITY_MANAGER_CLASS = Groups
`;
}
