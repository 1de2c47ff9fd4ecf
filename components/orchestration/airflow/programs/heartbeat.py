"""Ends with 0 where Airflow's database has a heartbeat of a program of this pod that is younger than a minute: `heartbeat.py TriggererJob`."""

from __future__ import annotations

import os
import socket
import sys

import psycopg2

SECONDS = 60
RUNNING = """
    select count(*) from job
    where job_type = %s and state = 'running' and hostname in (%s, %s)
      and latest_heartbeat > now() - make_interval(secs => %s)
"""


def main(job: str) -> int:
    """Ask the database, by Airflow's own address of it."""
    address = os.environ["AIRFLOW__DATABASE__SQL_ALCHEMY_CONN"].replace("+psycopg2", "", 1)
    with psycopg2.connect(address, connect_timeout=10) as connection, connection.cursor() as cursor:
        cursor.execute(RUNNING, (job, socket.gethostname(), socket.getfqdn(), SECONDS))
        (found,) = cursor.fetchone()
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
