"""JupyterHub's configuration where people sign in by an issuer of OpenID Connect, over jupyterhub_config.py."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

from oauthenticator.generic import GenericOAuthenticator
from tornado import web

DIRECTORY = Path(__file__).parent
TOLD = json.loads((DIRECTORY / "sign-in.json").read_text())
PEOPLE = json.loads((DIRECTORY / "hub.json").read_text())["people"]
# Days after which people come back to the issuer, who may know them no longer.
SIGNED_IN_DAYS = 0.5


def endpoints() -> dict[str, str]:
    """Tell the issuer's: as the stack says, or as the issuer itself does."""
    if "configuration" not in TOLD:
        return TOLD
    with urlopen(TOLD["configuration"], timeout=30) as answer:  # noqa: S310 (settings take https alone)
        found = json.load(answer)
    if found["issuer"] != TOLD["issuer"]:
        message = f"{TOLD['configuration']} is that of {found['issuer']}, not of {TOLD['issuer']}"
        raise ValueError(message)
    return {
        "browser-sign-in": found["authorization_endpoint"],
        "browser-sign-out": found.get("end_session_endpoint", ""),
        "exchange": found["token_endpoint"],
        "person": found["userinfo_endpoint"],
    }


class SignedIn(GenericOAuthenticator):
    """Takes whom the issuer knows and the stack's settings name."""

    async def check_allowed(self, username: str, auth_model: dict[str, Any] | None) -> bool:  # noqa: ARG002
        """Refuse whom the settings do not name, whatever the hub's database remembers."""
        return username in PEOPLE

    async def refresh_user(self, user: Any, handler: web.RequestHandler | None = None, **_: Any) -> bool:  # noqa: ANN401, ARG002
        """End sessions of whom the settings name no longer."""
        return user.name in PEOPLE


c = get_config()  # noqa: F821
# By its whole path: one that is not found would be left out in silence.
load_subconfig(str(DIRECTORY / "jupyterhub_config.py"))  # noqa: F821
at = endpoints()
c.JupyterHub.authenticator_class = SignedIn
c.JupyterHub.cookie_max_age_days = SIGNED_IN_DAYS
c.Authenticator.allow_existing_users = False
c.Authenticator.auto_login = True
c.SignedIn.client_id = TOLD["client"]
c.SignedIn.client_secret = os.environ["LAKEHOUSE_CLIENT_SECRET"]
c.SignedIn.oauth_callback_url = TOLD["browser-redirect"]
c.SignedIn.authorize_url = at["browser-sign-in"]
c.SignedIn.token_url = at["exchange"]
c.SignedIn.userdata_url = at["person"]
c.SignedIn.username_claim = TOLD["claim"]
c.SignedIn.scope = ["openid", "profile"]
if at["browser-sign-out"]:
    query = urlencode({"client_id": TOLD["client"], "post_logout_redirect_uri": TOLD["browser-home"]})
    c.SignedIn.logout_redirect_url = f"{at['browser-sign-out']}?{query}"
