/** DAGs of an owner's repository, by file: one that says something, one that is slow, one that fails. */
export const OWNERS: Readonly<Record<string, string>> = {
  "owners.py": `"""DAGs of the owner's."""

from datetime import timedelta
from time import sleep

from airflow.sdk import DAG, Asset, task

with DAG("says", schedule=None):

    @task(inlets=[Asset("s3://bronze/words")], outlets=[Asset("s3://silver/said")])
    def speak():
        print("the owner's words")

    speak()

with DAG("sleeps", schedule=None):

    @task
    def nap():
        sleep(45)

    @task
    def wake():
        print("awake")

    nap() >> wake()

with DAG("fails", schedule=None):

    @task(task_id="break", retries=1, retry_delay=timedelta(seconds=1))
    def broken():
        raise RuntimeError("as it was meant to")

    broken()
`,
};
