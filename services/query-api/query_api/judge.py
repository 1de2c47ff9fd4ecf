"""Decides whether a statement may run: exactly one, that reads and does nothing else.

The decision is made on the parsed statement, by lists of what is allowed. What the lists do not have is refused.
"""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass, field

from sqlglot import exp
from sqlglot.errors import ErrorLevel, SqlglotError

from .allowed import NODES, QUERIES, VOLATILE_NAMES, VOLATILE_NODES
from .dialects import DIALECTS, FUNCTIONS, TABLE_FUNCTIONS, Engine, TooManyStepsError
from .errors import refused, wrong
from .lexemes import Lexed, first_line, lex, place
from .words import Words

# It says that it does not know a statement; so does this module, to the caller.
logging.getLogger("sqlglot").setLevel(logging.ERROR)

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
# Names that DuckDB itself has views by.
OWN_PREFIXES = ("duckdb_", "pragma_", "pg_", "sqlite_")
BEGINNINGS = ("SELECT", "WITH", "VALUES", "FROM", "TABLE", "(")
ALLOWED = "one SELECT, WITH, VALUES, SHOW, DESCRIBE or EXPLAIN that only reads"


@dataclass(frozen=True)
class Relations:
    """What DuckDB may be asked about: names of views, and catalogs whose tables have three names."""

    names: frozenset[str] = frozenset()
    catalogs: frozenset[str] = frozenset()


@dataclass
class Judged:
    """A statement that may run."""

    engine: Engine
    # Without comments and without a semicolon at its end.
    text: str
    kind: str
    parameters: int = 0
    cacheable: bool = False
    lexed: Lexed | None = field(default=None, repr=False)


def judge(sql: str, engine: Engine, relations: Relations = Relations()) -> Judged:  # noqa: B008 (it is frozen)
    """Return the statement as it may run. Raises ApiError for any other."""
    lexed = lex(sql, engine)
    words = Words(lexed.tokens)
    judged = Judged(engine, lexed.text, "query", lexed=lexed)
    judgement = Judgement(judged, relations)
    if words.take("EXPLAIN"):
        judged.kind = "explain"
        words.explain_options()
        judgement.query(words.rest(), lexed)
    elif words.take("SHOW"):
        judged.kind = "show"
        words.show(engine, judgement.relation)
    elif words.take("DESCRIBE") or words.take("DESC") or (engine == "duckdb" and words.take("SUMMARIZE")):
        judged.kind = "describe"
        if engine == "duckdb" and words.peek() in BEGINNINGS:
            judgement.query(words.rest(), lexed)
        else:
            judgement.relation(words.name())
            words.end()
    else:
        judgement.query(list(lexed.tokens), lexed)
        judged.cacheable = not judgement.volatile
    return judged


class Judgement:
    """The walk over one parsed query."""

    def __init__(self, judged: Judged, relations: Relations) -> None:
        """Take where to count parameters, and what tables there are."""
        self.judged = judged
        self.engine = judged.engine
        self.relations = relations
        self.volatile = False
        self.defined: set[str] = set()

    def query(self, tokens: list, lexed: Lexed) -> None:
        """Judge a SELECT, WITH or VALUES."""
        first = tokens[0].text.upper() if tokens else "nothing"
        if first not in BEGINNINGS:
            raise refused(place(tokens[0]) if tokens else "sql", f"a statement that begins with {first[:40]!r}", ALLOWED)
        try:
            parsed = DIALECTS[self.engine].parser(error_level=ErrorLevel.RAISE).parse(tokens, lexed.text)
        except (RecursionError, TooManyStepsError):
            raise wrong("sql", "it is nested too deep", "fewer brackets within brackets") from None
        except (SqlglotError, ValueError, KeyError, AttributeError, TypeError, IndexError) as error:
            raise wrong("sql", f"it cannot be parsed: {first_line(error)}", ALLOWED) from None
        if len(parsed) != 1 or parsed[0] is None:
            raise refused("sql", f"there are {len(parsed)} statements", "exactly one statement")
        root = parsed[0]
        if not isinstance(root, QUERIES):
            what = root.name.upper() if isinstance(root, exp.Command) else type(root).key.upper()
            raise refused("sql", f"a statement of the kind {what or 'unknown'}", ALLOWED)
        self.defined = {cte.alias.lower() for cte in root.find_all(exp.CTE)}
        for name in self.defined:
            self.own_name(name)
        for node in root.walk():
            self.node(node)

    def node(self, node: exp.Expr) -> None:
        """Judge one part of it."""
        if type(node) not in NODES[self.engine]:
            raise refused(where(node), f"{type(node).__name__} is not allowed here", ALLOWED)
        if isinstance(node, exp.Anonymous):
            self.call(node)
        elif isinstance(node, exp.Select) and not node.expressions and not node.args.get("from_"):
            raise wrong("sql", "SELECT without anything", ALLOWED)
        elif isinstance(node, exp.Table):
            self.table(node)
        elif isinstance(node, exp.Placeholder):
            if node.this or node.args.get("kind"):
                raise wrong(where(node), "a parameter with a name", "`?` for each parameter, in their order")
            self.judged.parameters += 1
        elif isinstance(node, exp.Var):
            if not re.fullmatch(r"[A-Za-z0-9_ ]*", node.name):
                raise refused(where(node), f"{node.name!r} is not a plain word", ALLOWED)
        elif isinstance(node, VOLATILE_NODES):
            self.volatile = True

    def call(self, node: exp.Anonymous) -> None:
        """Judge a function by the name that was written."""
        name = node.name.lower()
        parent = node.parent
        if isinstance(parent, (exp.Table, exp.Lateral, exp.From, exp.Join)):
            if name not in TABLE_FUNCTIONS[self.engine]:
                allowed = ", ".join(sorted(TABLE_FUNCTIONS[self.engine])) or "tables, and UNNEST"
                raise refused(where(node), f"the function {name!r} in the place of a table", allowed)
        elif isinstance(parent, exp.Dot):
            raise refused(where(node), f"the function {name!r} with a schema or a value before it", f"{name}(…) alone")
        elif name not in FUNCTIONS[self.engine]:
            raise refused(
                where(node), f"the function {name!r}", f"functions of {self.engine} that only compute; the README lists them"
            )
        self.volatile = self.volatile or name in VOLATILE_NAMES

    def table(self, node: exp.Table) -> None:
        """Judge a table by its names."""
        if isinstance(node.this, exp.Anonymous):
            if node.args.get("db") or node.args.get("catalog"):
                raise refused(where(node), "a function with a schema before it", "functions without one")
            return
        parts = node.parts
        if not all(isinstance(part, exp.Identifier) for part in parts):
            raise refused(where(node), "a table that is not written as names", "names of tables")
        names = [part.name for part in parts]
        if len(names) == 1 and names[0].lower() in self.defined:
            return
        self.relation(names)

    def relation(self, names: list[str]) -> None:
        """Judge the names of a table or schema."""
        lower = [name.lower() for name in names]
        if len(names) > 3:
            raise refused("sql", f"the name {'.'.join(names)!r}", "catalog.schema.table")
        if self.engine == "trino":
            if lower[0] == "system" and len(lower) > 1 and lower[1] not in ("jdbc", "metadata"):
                raise refused("sql", f"the table {'.'.join(names)!r}", "tables of data; of `system` only jdbc and metadata")
            return
        known = (
            (len(lower) == 1 and lower[0] in self.relations.names)
            or (len(lower) == 2 and lower[0] == "information_schema" and lower[1] in ("columns", "schemata", "tables"))
            or (len(lower) == 3 and lower[0] in self.relations.catalogs)
        )
        if not known or not all(PLAIN.fullmatch(name) for name in names):
            given = sorted(self.relations.names) + [f"{c}.<schema>.<table>" for c in sorted(self.relations.catalogs)]
            raise refused("sql", f"the table {'.'.join(names)!r}", ", ".join(given[:20]) or "no table: the settings name none")

    def own_name(self, name: str) -> None:
        """Judge the name that a WITH gives: it must not hide what is checked."""
        if self.engine == "duckdb" and (not PLAIN.fullmatch(name) or name.startswith(OWN_PREFIXES)):
            raise refused("sql", f"the name {name!r} in WITH", "letters, digits and `_`, and none that DuckDB has views by")


def where(node: exp.Expr) -> str:
    """Return where a node stands, as far as the parser tells."""
    for part in (node, *node.find_all(exp.Identifier, exp.Literal)):
        line, column = part.meta.get("line"), part.meta.get("col")
        if line:
            return f"sql, line {line}, column {column}"
    return "sql"
