"""Prepares Airflow's database: tables, keys, the pool of all tasks, and who signs in by a password. Run again it changes nothing."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time

ATTEMPTS = 60
ADMINS = re.compile(r"admin(-\d+)?")


def airflow(*words: str) -> None:
    """Run a command of Airflow's; end with its code where it fails."""
    code = subprocess.run(["airflow", *words], check=False).returncode
    if code != 0:
        print(f"airflow {words[0]} {words[1]} ended with {code}", file=sys.stderr)
        sys.exit(code)


def wait() -> None:
    """Wait for the database, which may still start or make this user."""
    from sqlalchemy import create_engine
    from sqlalchemy.exc import OperationalError

    engine = create_engine(os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"])
    for left in reversed(range(ATTEMPTS)):
        try:
            engine.connect().close()
        except OperationalError as error:
            if left == 0:
                raise SystemExit(f"the database does not answer: {str(error.orig).splitlines()[0]}") from None
            time.sleep(5)
        else:
            return


def people(wanted: dict[str, str]) -> None:
    """Have exactly these administrators with these passwords, and leave everybody else as they are."""
    from airflow.providers.fab.auth_manager.cli_commands.utils import get_application_builder

    with get_application_builder() as builder:
        manager = builder.sm
        for user in manager.get_all_users():
            if ADMINS.fullmatch(user.username) and user.username not in wanted:
                user.roles.clear()
                manager.del_register_user(user)
        for name, password in wanted.items():
            user = manager.find_user(username=name)
            if user is None:
                role = manager.find_role("Admin")
                made = manager.add_user(name, name, "lakehouse", f"{name}@lakehouse.invalid", role, password)
                if not made:
                    raise SystemExit(f"user {name} was not made")
            else:
                manager.reset_password(user.id, password)


def main() -> None:
    """Do all of it, in the order in which one needs the other."""
    wait()
    airflow("db", "migrate")
    airflow("rotate-fernet-key")
    airflow("pools", "set", "default_pool", os.environ["AIRFLOW__CORE__PARALLELISM"], "all tasks of the stack")
    names = [key.removeprefix("LAKEHOUSE_ADMIN_") for key in os.environ if key.startswith("LAKEHOUSE_ADMIN_")]
    people({os.environ[f"LAKEHOUSE_ADMIN_{key}"]: os.environ[f"LAKEHOUSE_PASSWORD_{key}"] for key in names})
    print("the database is prepared")


if __name__ == "__main__":
    main()
