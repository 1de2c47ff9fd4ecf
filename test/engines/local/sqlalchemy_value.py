"""The value that a statement gives over SQLAlchemy, of a URL that 'lakehouse local connect' prints."""

import sys

from sqlalchemy import create_engine, text

with create_engine(sys.argv[1]).connect() as connection:
    print(connection.execute(text(sys.argv[2])).scalar())
