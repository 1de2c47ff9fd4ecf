"""How many rows of a table PyIceberg reads, set up as 'lakehouse local connect pyiceberg' prints it."""

import sys

from pyiceberg.catalog import load_catalog

print(load_catalog("lakehouse").load_table(sys.argv[1]).scan().to_arrow().num_rows)
