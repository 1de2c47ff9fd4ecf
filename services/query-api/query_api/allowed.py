"""What a statement may be made of: a node of any other kind is refused, also one that a later parser brings."""

from __future__ import annotations

from sqlglot import exp

from .dialects import Engine

QUERIES = (exp.Select, exp.Union, exp.Intersect, exp.Except, exp.Values, exp.Subquery)

CLAUSES = {
    *QUERIES,
    *(exp.With, exp.CTE, exp.From, exp.Join, exp.Where, exp.Group, exp.Having, exp.Order, exp.Ordered),
    *(exp.Limit, exp.LimitOptions, exp.Fetch, exp.Offset, exp.Distinct, exp.Window, exp.WindowSpec),
    *(exp.Table, exp.TableAlias, exp.Alias, exp.Aliases, exp.Column, exp.Identifier, exp.Star, exp.Lateral, exp.Unnest),
    *(exp.TableSample, exp.Cube, exp.Rollup, exp.GroupingSets, exp.Tuple, exp.Paren, exp.Explode),
}

VALUES = {
    *(exp.Literal, exp.Null, exp.Boolean, exp.Placeholder, exp.Interval, exp.IntervalSpan, exp.Var),
    *(exp.DataType, exp.DataTypeParam, exp.ColumnDef, exp.Array, exp.Struct),
}

OPERATORS = {
    *(exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ),
    *(exp.Is, exp.In, exp.Between, exp.Like, exp.ILike, exp.Escape, exp.Exists, exp.Any, exp.All),
    *(exp.Add, exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Neg, exp.DPipe),
    *(exp.Bracket, exp.Slice, exp.Dot, exp.Lambda, exp.AtTimeZone),
}

CALLS = {
    *(exp.Anonymous, exp.Filter, exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.Case, exp.If),
    *(exp.Cast, exp.TryCast, exp.Extract, exp.Trim, exp.Substring, exp.StrPosition, exp.GroupConcat),
    *(exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp, exp.CurrentUser),
}

COMMON = CLAUSES | VALUES | OPERATORS | CALLS

NODES: dict[Engine, frozenset[type]] = {
    "trino": frozenset(COMMON | {exp.HexString, exp.Version, exp.JSONValue, exp.JSONExtract, exp.JSONExtractQuote}),
    "duckdb": frozenset(
        COMMON
        | {exp.Qualify, exp.Kwarg, exp.PropertyEQ, exp.JSONExtract, exp.JSONExtractScalar, exp.Pow, exp.Columns}
        | {exp.BitwiseAnd, exp.BitwiseOr, exp.Map, exp.ToMap, exp.Comprehension}
        | {exp.JSONPath, exp.JSONPathRoot, exp.JSONPathKey, exp.JSONPathSubscript, exp.JSONPathWildcard}
    ),
}

# What gives another result each time: never taken from the cache.
VOLATILE_NODES = (
    *(exp.CurrentDate, exp.CurrentTime, exp.CurrentTimestamp, exp.Localtime, exp.Localtimestamp),
    exp.TableSample,
)
VOLATILE_NAMES = frozenset(
    "ago age current_date current_localtime current_localtimestamp current_timezone gen_random_uuid get_current_time "
    "get_current_timestamp now rand random reservoir_quantile shuffle today transaction_timestamp uuid uuidv4 uuidv7".split()
)
