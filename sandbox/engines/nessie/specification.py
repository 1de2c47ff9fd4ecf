"""What PyIceberg sees of a catalog: namespaces, tables, commits and views. Prints one JSON object.

Variables: CATALOG_URL, WRITER and READER, tokens of clients of the namespace `sales`.
"""

import json
import os

import pyarrow as pa
from pyiceberg.catalog import load_catalog
from pyiceberg.exceptions import (
    CommitFailedException,
    NamespaceAlreadyExistsError,
    NamespaceNotEmptyError,
    NoSuchNamespaceError,
    NoSuchTableError,
    TableAlreadyExistsError,
)
from pyiceberg.table.update import AssertRefSnapshotId

ROWS = pa.table({"id": pa.array([1, 2, 3], pa.int64()), "name": ["a", "b", "c"]})


def catalog(token: str):
    return load_catalog("vended", type="rest", uri=os.environ["CATALOG_URL"], token=os.environ[token])


def raised(expected: type[Exception], call) -> bool:
    try:
        call()
    except expected:
        return True
    return False


writer, reader = catalog("WRITER"), catalog("READER")
seen: dict[str, object] = {}

writer.create_namespace("sales", {"owner": "ada"})
writer.create_namespace(("sales", "daily"))
seen["namespaces"] = [".".join(name) for name in writer.list_namespaces() + writer.list_namespaces("sales")]
writer.update_namespace_properties("sales", {"owner"}, {"team": "one"})
seen["properties"] = {k: v for k, v in writer.load_namespace_properties("sales").items() if k in ("owner", "team")}
seen["namespace twice"] = raised(NamespaceAlreadyExistsError, lambda: writer.create_namespace("sales"))

orders = writer.create_table("sales.orders", schema=ROWS.schema)
seen["table twice"] = raised(TableAlreadyExistsError, lambda: writer.create_table("sales.orders", schema=ROWS.schema))
orders.append(ROWS)
orders.append(ROWS)
seen["rows"] = reader.load_table("sales.orders").scan().to_arrow().num_rows
seen["snapshots"] = len(reader.load_table("sales.orders").snapshots())

# Two who begin at the same state: the second to commit is told so.
first, second = writer.load_table("sales.orders"), writer.load_table("sales.orders")
first.append(ROWS)
before = second.metadata.current_snapshot_id
late = second.transaction()
late.set_properties({"late": "yes"})
late._requirements += (AssertRefSnapshotId(ref="main", snapshot_id=before),)
seen["conflict"] = raised(CommitFailedException, late.commit_transaction)

writer.rename_table("sales.orders", "sales.kept")
seen["renamed"] = [".".join(name) for name in writer.list_tables("sales")]
seen["old name"] = raised(NoSuchTableError, lambda: writer.load_table("sales.orders"))
seen["columns"] = [field.name for field in writer.load_table("sales.kept").schema().fields]
writer.create_table("sales.daily.totals", schema=ROWS.schema).append(ROWS)
seen["not empty"] = raised(NamespaceNotEmptyError, lambda: writer.drop_namespace(("sales", "daily")))
writer.drop_table("sales.daily.totals")
writer.drop_namespace(("sales", "daily"))
seen["dropped"] = raised(NoSuchNamespaceError, lambda: writer.load_namespace_properties(("sales", "daily")))
print(json.dumps(seen))
