"""Gives Keycloak realm, groups, people and clients by its admin interface; the same again changes nothing."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any
from urllib import error, parse, request

URL = os.environ["KEYCLOAK_URL"]
REALM = os.environ["KEYCLOAK_REALM"]
# The newest first: the one before is valid until this program has set the newest.
PASSWORDS = [os.environ[name] for name in ("ADMIN_PASSWORD", "ADMIN_PASSWORD_BEFORE") if name in os.environ]
GENERATION = "lakehouse_password"
MANAGED = "lakehouse.managed"
PAGE = 100
# Seconds of one token of the administrator; it is worth 60.
TOKEN_SECONDS = 30

Json = dict[str, Any]


class RefusedError(Exception):
    """An answer that is no success."""

    def __init__(self, status: int, text: str) -> None:
        """Keep the status, and the beginning of what was said."""
        super().__init__(f"{status} {text[:500]}")
        self.status = status


def call(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Any:  # noqa: ANN401
    """Make one call, whose answer is JSON or empty."""
    try:
        asked = request.Request(url, body, headers, method=method)  # noqa: S310 (https alone)
        with request.urlopen(asked, timeout=60) as answer:  # noqa: S310
            text = answer.read()
    except error.HTTPError as refused:
        raise RefusedError(refused.code, refused.read().decode(errors="replace")) from None
    return json.loads(text) if text else None


class Admin:
    """The administrator of Keycloak."""

    def __init__(self) -> None:
        """Begin without a token."""
        self.changes = 0
        self.at = 0.0
        self.token = ""

    def sign_in(self, password: str) -> None:
        """Get a token."""
        form = {"grant_type": "password", "client_id": "admin-cli", "username": "admin", "password": password}
        at = f"{URL}/realms/master/protocol/openid-connect/token"
        self.token = call("POST", at, parse.urlencode(form).encode(), {})["access_token"]
        self.at = time.monotonic()

    def begin(self) -> None:
        """Wait for Keycloak, and see to it that the newest password is the administrator's."""
        while True:
            for password in PASSWORDS:
                try:
                    self.sign_in(password)
                except RefusedError as refused:
                    if refused.status not in (400, 401, 503):
                        raise
                    print(f"not signed in yet: {refused}", file=sys.stderr)
                except (error.URLError, OSError) as away:
                    print(f"no answer yet: {away}", file=sys.stderr)
                else:
                    if password != PASSWORDS[0]:
                        [user] = self.get("/admin/realms/master/users?username=admin&exact=true")
                        new = {"type": "password", "value": PASSWORDS[0], "temporary": False}
                        self.change(
                            "password of admin", "PUT", f"/admin/realms/master/users/{user['id']}/reset-password", new
                        )
                        self.sign_in(PASSWORDS[0])
                    return
            time.sleep(5)

    def ask(self, method: str, path: str, body: object = None) -> Any:  # noqa: ANN401
        """Make one call of the admin interface."""
        if time.monotonic() - self.at > TOKEN_SECONDS:
            self.sign_in(PASSWORDS[0])
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        return call(method, f"{URL}{path}", data, headers)

    def get(self, path: str) -> Any:  # noqa: ANN401
        """Read."""
        return self.ask("GET", path)

    def change(self, what: str, method: str, path: str, body: object = None) -> None:
        """Change, and say what."""
        self.ask(method, path, body)
        self.changes += 1
        print(f"{what}: {'removed' if method == 'DELETE' else 'set'}")

    def all(self, path: str) -> list[Json]:
        """Read every page of a list."""
        found: list[Json] = []
        mark = "&" if "?" in path else "?"
        while True:
            page = self.get(f"{path}{mark}first={len(found)}&max={PAGE}")
            found += page
            if len(page) < PAGE:
                return found


def differs(has: object, wanted: object) -> bool:
    """Whether something wanted is not so; what is not named is as it likes."""
    if isinstance(wanted, dict):
        return not isinstance(has, dict) or any(differs(has.get(key), value) for key, value in wanted.items())
    if isinstance(wanted, list):
        if not isinstance(has, list) or len(has) != len(wanted):
            return True
        if all(isinstance(each, dict) for each in wanted):
            ordered = sorted(has, key=lambda each: str(each.get("name")))
            return any(
                differs(*pair) for pair in zip(ordered, sorted(wanted, key=lambda each: each["name"]), strict=True)
            )
        return sorted(has) != sorted(wanted)
    return has != wanted


def realm(admin: Admin, wanted: Json) -> None:
    """Set the realm, and ask nothing of people but a password of their own."""
    at = f"/admin/realms/{REALM}"
    try:
        has = admin.get(at)
    except RefusedError as refused:
        if refused.status != 404:
            raise
        admin.change("realm", "POST", "/admin/realms", {"realm": REALM, **wanted})
    else:
        if differs(has, wanted):
            admin.change("realm", "PUT", at, {"realm": REALM, **wanted})
    profile = admin.get(f"{at}/users/profile")
    asked = [each for each in profile["attributes"] if each["name"] != "username" and "required" in each]
    if asked or profile.get("unmanagedAttributePolicy") != "ADMIN_EDIT":
        for each in asked:
            del each["required"]
        admin.change(
            "profile of people", "PUT", f"{at}/users/profile", {**profile, "unmanagedAttributePolicy": "ADMIN_EDIT"}
        )


def groups(admin: Admin, wanted: list[str]) -> dict[str, str]:
    """Have the groups of the settings and no others. Return their ids by name."""
    at = f"/admin/realms/{REALM}/groups"
    has = {each["name"]: each["id"] for each in admin.all(at)}
    for name in sorted(set(wanted) - set(has)):
        admin.change(f"group {name}", "POST", at, {"name": name})
    for name in sorted(set(has) - set(wanted)):
        admin.change(f"group {name}", "DELETE", f"{at}/{has[name]}")
    return {each["name"]: each["id"] for each in admin.all(at)}


def people(admin: Admin, wanted: dict[str, Json], passwords: Path, ids: dict[str, str]) -> None:
    """Have everybody whom the settings name. Whom they name no longer cannot sign in, and is nowhere signed in."""
    at = f"/admin/realms/{REALM}/users"
    has = {each["username"]: each for each in admin.all(f"{at}?briefRepresentation=false")}
    for name, person in wanted.items():
        user, generation = has.get(name), str(person["password"])
        first = {"type": "password", "temporary": True}
        if user is None:
            new = {
                "username": name,
                "enabled": True,
                "emailVerified": True,
                "groups": [f"/{group}" for group in person["groups"]],
            }
            admin.change(f"person {name}", "POST", at, new)
            [user] = admin.get(f"{at}?username={parse.quote(name)}&exact=true")
        one, attributes = f"{at}/{user['id']}", user.get("attributes") or {}
        changed = attributes.get(GENERATION) != [generation]
        if changed:
            first["value"] = (passwords / name).read_text()
            admin.change(f"first password of {name}", "PUT", f"{one}/reset-password", first)
            admin.ask("POST", f"{one}/logout")
            # Keycloak asks for another password from now on.
            user = admin.get(one)
        if changed or not user["enabled"]:
            marked = {**user, "enabled": True, "attributes": {**attributes, GENERATION: [generation]}}
            admin.change(f"person {name}", "PUT", one, marked)
        member = {each["name"]: each["id"] for each in admin.all(f"{one}/groups")}
        for group in sorted(set(person["groups"]) - set(member)):
            admin.change(f"{name} in {group}", "PUT", f"{one}/groups/{ids[group]}")
        for group in sorted(set(member) - set(person["groups"])):
            admin.change(f"{name} in {group}", "DELETE", f"{one}/groups/{member[group]}")
    for name, user in has.items():
        if name not in wanted and user["enabled"]:
            admin.change(f"person {name}, whom nobody names", "PUT", f"{at}/{user['id']}", {**user, "enabled": False})
            admin.ask("POST", f"{at}/{user['id']}/logout")


def clients(admin: Admin, wanted: list[Json]) -> None:
    """Have the services that sign people in, with their secrets. Clients of Keycloak itself stay as they are."""
    at = f"/admin/realms/{REALM}/clients"
    has = {each["clientId"]: each for each in admin.all(at)}
    for client in wanted:
        told = {**client, "attributes": {**client["attributes"], MANAGED: "true"}}
        before = has.get(client["clientId"])
        if before is None:
            admin.change(f"client {client['clientId']}", "POST", at, told)
        elif differs(before, told):
            mappers = {each["name"]: each for each in before.get("protocolMappers", [])}
            merged = {**before, **told, "attributes": {**before.get("attributes", {}), **told["attributes"]}}
            merged["protocolMappers"] = [{**mappers.get(each["name"], {}), **each} for each in told["protocolMappers"]]
            admin.change(f"client {client['clientId']}", "PUT", f"{at}/{before['id']}", merged)
    names = {client["clientId"] for client in wanted}
    for name, client in has.items():
        if name not in names and client.get("attributes", {}).get(MANAGED) == "true":
            admin.change(f"client {name}", "DELETE", f"{at}/{client['id']}")


def main() -> None:
    """Bring everything into its place."""
    told = json.loads((Path(__file__).parent / "realm.json").read_text())
    secret = Path(os.environ["CLIENTS_FILE"])
    admin = Admin()
    admin.begin()
    realm(admin, told["realm"])
    ids = groups(admin, told["groups"])
    people(admin, told["people"], Path(os.environ["PEOPLE_DIRECTORY"]), ids)
    clients(admin, json.loads(secret.read_text()))
    print(f"Keycloak is as the settings say: {admin.changes} changes")


if __name__ == "__main__":
    main()
