"""Generated documents have the same answer on both stores."""

from __future__ import annotations

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from iptvvtab.demo.engine import Engine
from iptvvtab.types import Json
from tests.demo.documents import outcome

NUMBERS = st.sampled_from([{"t": "id"}, {"t": "max_terminal"}, {"t": "balance"}, "id"]) | st.sampled_from(
    [0, 1, 7, -3, "2"]
)
TEXTS = st.sampled_from([{"t": "username"}, {"t": "email"}, {"t": "surname"}, "first_name"]) | st.sampled_from(
    ["", "test", "Иванов", "%", "a\\%b", "_", "user0%", "zz"]
)
PATTERNS = st.sampled_from(["%", "_%", "te%", "T__t", "a\\\\%b", "%Иван%", "", "%\\_%"])
MOMENTS = st.sampled_from([{"t": "created_at"}]) | st.sampled_from(
    ["2020-02-17", "2020-02-17 00:00:00.5", "2024-06-01T00:00:00", None]
)
FLAGS = st.sampled_from([{"t": "disabled"}, {"t": "business"}, True, False, None, "t"])
AT_RUN_TIME = ("integer out of range", "bigint out of range", "division by zero")
COMPARISONS = st.sampled_from(["eq", "neq", "lt", "gt", "lte", "gte"])


def applied(operators: st.SearchStrategy[str], *sides: st.SearchStrategy[Json]) -> st.SearchStrategy[Json]:
    return st.builds(lambda operator, *values: {operator: list(values)}, operators, *sides)


SUMS = applied(st.sampled_from(["add", "sub", "mul", "div", "mod", "coalesce"]), NUMBERS, NUMBERS)
WORDS = applied(st.sampled_from(["concat", "coalesce"]), TEXTS, TEXTS)
PREDICATES = (
    applied(COMPARISONS, NUMBERS | SUMS, NUMBERS)
    | applied(COMPARISONS, TEXTS | WORDS, TEXTS)
    | applied(COMPARISONS, MOMENTS, MOMENTS)
    | applied(COMPARISONS, FLAGS, FLAGS)
    | applied(COMPARISONS, NUMBERS | TEXTS | FLAGS | MOMENTS, NUMBERS | TEXTS | FLAGS | MOMENTS)
    | applied(st.sampled_from(["like", "ilike"]), TEXTS, PATTERNS)
    | applied(st.just("in"), NUMBERS, NUMBERS, NUMBERS)
    | applied(st.just("in"), TEXTS, TEXTS, TEXTS, TEXTS)
    | applied(
        st.sampled_from(["is", "is_not"]), NUMBERS | TEXTS | FLAGS | MOMENTS, st.sampled_from([None, True, False])
    )
)
CONDITIONS = st.recursive(
    PREDICATES,
    lambda inner: applied(st.sampled_from(["and", "or"]), inner, inner) | st.builds(lambda one: {"not": one}, inner),
    max_leaves=5,
)
ORDERS = st.lists(
    st.tuples(NUMBERS | TEXTS | MOMENTS | FLAGS, st.sampled_from(["ASC", "DESC"])).map(list), min_size=1, max_size=2
)


@settings(
    max_examples=400, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(where=CONDITIONS, order_by=ORDERS, extra=NUMBERS | SUMS | TEXTS | WORDS | FLAGS | MOMENTS)
def test_any_select(
    sqlite_engine: Engine, postgresql_engine: Engine, where: Json, order_by: list[Json], extra: Json
) -> None:
    """Whatever is asked, the rows, their order, their types and the refusals are PostgreSQL's."""
    params = {
        "data": [{"t": "id"}, extra],
        "from": [{"table": "subscriber", "as": "t"}],
        "where": where,
        "order_by": [*order_by, [{"t": "id"}, "ASC"]],
    }
    answers = [outcome(engine, "select", params, is_ordered=True) for engine in (sqlite_engine, postgresql_engine)]
    # Which rows are computed before others are dropped is nobody's promise.
    assume(not any(status == "refused" and answer in AT_RUN_TIME for status, answer in answers))
    assert answers[0] == answers[1]
