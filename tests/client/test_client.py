"""The client for programs that wait, over served portals."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import iptvvtab
from iptvvtab.client import Client, F, Q, call, delete, insert, select, update
from iptvvtab.demo import DemoProcess, Fault, Kind
from iptvvtab.errors import (
    DecodeError,
    EveryRow,
    NoForm,
    Refused,
    StatementRefused,
    UnknownColumn,
    UnknownOutcome,
    UnknownTable,
    UsageError,
    WriteNotAllowed,
    WrongType,
    WrongWidth,
)

from .conftest import ClientFor


@pytest.fixture(params=["demo", "demo_postgresql"])
def portal(request: pytest.FixtureRequest) -> DemoProcess:
    """A demo portal on either store."""
    found: DemoProcess = request.getfixturevalue(request.param)
    return found


@pytest.fixture(params=["own_demo", "own_demo_postgresql"])
def own_portal(request: pytest.FixtureRequest) -> DemoProcess:
    """The same for tests that write."""
    found: DemoProcess = request.getfixturevalue(request.param)
    return found


# Rows


def test_values_are_canonical_by_the_type_of_their_column(portal: DemoProcess, client_for: ClientFor) -> None:
    """As a SQLite table would hold them, and as the virtual table gives them: through aliases, joins, selects, max."""
    client = client_for(portal)
    sql = (
        "SELECT q.id, q.disabled AS off, q.balance, max(q.created_at) AS at, count(*) AS n, NOT q.disabled "
        "FROM (SELECT s.* FROM subscriber s) q GROUP BY q.id, q.disabled, q.balance, q.created_at "
        "ORDER BY q.id LIMIT 20"
    )
    rows = client.execute(sql)
    assert rows.columns == ("id", "off", "balance", "at", "n", "?column?")
    connection = iptvvtab.connect(**_settings(client))
    expected = connection.execute(
        "SELECT id, disabled, balance, created_at, 1, NOT disabled FROM portal.subscriber ORDER BY id LIMIT 20"
    ).fetchall()
    connection.close()
    assert list(rows) == expected
    assert [list(map(type, one)) for one in rows] == [list(map(type, one)) for one in expected]


def _settings(client: Client) -> dict[str, Any]:
    names = ("api_url", "auth_url", "username", "state_folder", "mirror", "rate")
    settings = client._opened.settings
    assert settings.password is not None
    return {**{name: getattr(settings, name) for name in names}, "password": settings.password.get_secret_value()}


def test_rows_as_tuples_dicts_and_models(demo: DemoProcess, client_for: ClientFor) -> None:
    """One answer, whichever way it is wanted."""

    class Subscriber(BaseModel):
        id: int
        disabled: bool | None
        created_at: datetime

    rows = client_for(demo).execute(
        "SELECT id, disabled, created_at FROM subscriber WHERE created_at IS NOT NULL ORDER BY id LIMIT 3"
    )
    assert (len(rows), rows[0][0], rows[1:3], rows.columns) == (3, 1, tuple(rows)[1:], ("id", "disabled", "created_at"))
    assert rows.dicts()[0] == dict(zip(rows.columns, rows[0], strict=True))
    first = rows.models(Subscriber)[0]
    assert (first.id, first.disabled, f"{first.created_at}") == (1, bool(rows[0][1]), rows[0][2])
    with pytest.raises(ValidationError):
        client_for(demo).execute("SELECT id FROM subscriber").models(Subscriber)
    assert repr(rows) == "<3 rows of id, disabled, created_at>"
    assert (rows.cost.attempts, rows.cost.bytes_received > 0) == (1, True)


def test_every_table_as_the_virtual_table_has_it(portal: DemoProcess, client_for: ClientFor) -> None:
    """Every column that a document can name, every awkward value: the same rows, and the same types."""
    client = client_for(portal)
    connection = iptvvtab.connect(**_settings(client))
    for name in client._opened.portal.catalog:
        rows = client.table(name).query().rows()
        names = ", ".join(f'"{one}"' for one in rows.columns)
        expected = connection.execute(f'SELECT {names} FROM portal."{name}"').fetchall()
        assert sorted(map(repr, rows)) == sorted(map(repr, expected)), name
    connection.close()


def test_get_by_any_value_of_a_row(portal: DemoProcess, client_for: ClientFor) -> None:
    """Whatever the type of its column, and whatever the text says."""
    client = client_for(portal)
    for name in ("subscriber", "terminal", "tv_program"):
        table = client.table(name)
        for row in table.query().where(id__lte=25).rows().dicts():
            assert table.get(**row) == row
            for column, value in row.items():
                assert table.get(**{"id": row["id"], column: value}) == row, (column, value)


def test_two_columns_of_one_name_are_no_dict(demo: DemoProcess, client_for: ClientFor) -> None:
    """One of them would be lost."""
    rows = client_for(demo).execute("SELECT s.id, t.id FROM subscriber s JOIN terminal t ON t.subscriber_id = s.id")
    assert len(rows[0]) == 2
    with pytest.raises(UsageError, match="two columns are called 'id'"):
        rows.dicts()


def test_answers_that_are_none(demo: DemoProcess, client_for: ClientFor, tmp_path: Path) -> None:
    """Rows of another width and values of another type are no rows."""
    schema = "schemas:\n  package:\n    fields:\n      1: {name: name, type: integer}\n"
    (tmp_path / "package.yaml").write_text(schema)
    client = client_for(demo, schemas=tmp_path)
    demo.faults(Fault(Kind.WRONG_WIDTH, method="select"))
    with pytest.raises(WrongWidth):
        client.execute("SELECT id, paid FROM package")
    demo.faults()
    with pytest.raises(WrongType, match=r"column package\.name is integer in the schema, but holds '"):
        client.execute("SELECT p.name AS n FROM package p")


# What it cost


def test_a_meter_counts_what_a_client_asks(own_portal: DemoProcess, client_for: ClientFor) -> None:
    """Requests, rows and bytes of statements, of tables and of syncs, as of a connection; not what others ask."""
    client, other = client_for(own_portal, writes=True), client_for(own_portal)
    client.table("service").get(id=1)  # the first contact: what a portal can do is asked outside of receipts
    own_portal.reset()
    with client.meter() as meter:
        rows = client.execute("SELECT s.id FROM subscriber s JOIN terminal t ON t.subscriber_id = s.id WHERE s.id < 9")
        other.execute("SELECT id FROM package")
        client.execute("SELECT 1 AS one")
        client.execute(update("package").set(paid=F("paid")).where(id=1))
        client.table("package").get(id=3)
        client.table("package").get(id=3)
        client.table("key").sync()
    client.execute("SELECT id FROM package")
    receipt = meter.receipt()
    by_table = {one.table: one for one in receipt.tables}
    joined = by_table["subscriber, terminal"]
    assert (joined.requests, joined.rows, joined.source) == (1, len(rows), "live")
    assert joined.bytes == rows.cost.bytes_sent + rows.cost.bytes_received
    assert joined.portal_seconds == rows.cost.seconds
    assert (by_table["package"].requests, by_table["package"].rows, by_table["package"].source) == (2, 1, "live+memory")
    assert by_table["(no table)"].rows == 1
    assert by_table["key"].requests >= 1
    assert receipt.requests == len(own_portal.log().documents) - 2  # of another client, after the meter


def test_a_batch_is_one_request(demo: DemoProcess, client_for: ClientFor) -> None:
    """Of several tables together; one that fails is one request, too."""
    client = client_for(demo, writes=True)
    client.execute_many(["SELECT 1", "SELECT 2"])
    with client.meter() as meter:
        client.execute_many(["SELECT id FROM package WHERE id < 3", "SELECT id FROM key WHERE id = 1"])
        client.execute_many(["SELECT 1 / (id - id) FROM service", "SELECT 2"], return_errors=True)
    receipt = meter.receipt()
    assert [(one.table, one.requests, one.rows) for one in receipt.tables] == [
        ("package, key", 1, 3),
        ("service", 1, 1),
    ]
    assert len(receipt.documents) == 2


def test_requests_that_fail_are_counted(demo: DemoProcess, client_for: ClientFor) -> None:
    """Those that travelled: what the portal refuses costs a request, what is refused here none."""
    client = client_for(demo)
    with client.meter() as meter:
        with pytest.raises(Refused):
            client.execute("SELECT 1 / (id - id) FROM package")
        for refused in ("SELECT nme FROM package", "DELETE FROM package"):
            with pytest.raises((StatementRefused, WriteNotAllowed)):
                client.execute(refused)
        client.close()
        with pytest.raises(UsageError):
            client.execute("SELECT id FROM package")
    assert (meter.receipt().requests, meter.receipt().rows) == (1, 0)


def test_receipts_show_no_secret(demo: DemoProcess, client_for: ClientFor) -> None:
    """Values beside a sensitive column are masked in the documents of a receipt."""
    client = client_for(demo)
    with client.meter() as meter:
        client.execute("SELECT id FROM subscriber WHERE password = 's3cret' AND id > 41")
        client.execute_many([("SELECT id FROM subscriber WHERE password = ?", ["s3cret"]), "SELECT 2"])
        client.table("subscriber", "id", "password").get(id=1, password="s3cret")
    assert "s3cret" not in repr(meter.receipt())
    assert "41" in meter.receipt().documents[0]


# Statements


def test_parameters_are_values_whatever_they_say(portal: DemoProcess, client_for: ClientFor) -> None:
    """By place and by name; a text that names a column or ends a literal is a text."""
    client = client_for(portal)
    everyone = client.execute("SELECT id, username FROM subscriber ORDER BY id").dicts()
    for one in everyone:
        asked = client.execute(
            "SELECT id FROM subscriber WHERE username = ? AND id IN (?)", [one["username"], [one["id"], -1]]
        )
        built = client.execute(select("subscriber", "id").where(F("username") == one["username"]))
        assert list(asked) == list(built) == [(one["id"],)]
    named = client.execute("SELECT id FROM subscriber WHERE id = :id OR id = :id + :more", {"id": 3, "more": 1})
    assert sorted(named) == [(3,), (4,)]
    assert list(client.execute("SELECT id FROM subscriber WHERE id IN (:none)", {"none": ()})) == []
    assert "password" in {one["username"] for one in everyone}


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ([], "2 places for values, and 0"),
        ([1, 2, 3], "2 places for values, and 3"),
        ({"a": 1, "b": 2}, "no parameter :a"),
        ("ab", "a text alone is neither"),
        ([1, b"x"], "type bytes"),
        ([1, [2]], "type list"),
    ],
)
def test_parameters_that_do_not_fit(parameters: Any, says: str, demo: DemoProcess, client_for: ClientFor) -> None:
    """Are refused, and nothing travels; so are values of a statement that has them already."""
    client = client_for(demo)
    with pytest.raises(UsageError, match=says):
        client.execute("SELECT id FROM package WHERE id = ? OR id = ?", parameters)
    for statement in (select("package"), {"select": {"data": ["id"], "from": "package"}}):
        with pytest.raises(UsageError, match="parameters"):
            client.execute(statement, [1])
    assert demo.log().requests == 0


def test_named_parameters_without_a_value(demo: DemoProcess, client_for: ClientFor) -> None:
    """The nearest name is told."""
    with pytest.raises(UsageError, match="no parameter :logn \\(did you mean 'login'\\?\\)"):
        client_for(demo).execute("SELECT id FROM subscriber WHERE username = :login", {"logn": "a"})
    with pytest.raises(UsageError, match="no value is given for the parameter :b"):
        client_for(demo).execute("SELECT id FROM subscriber WHERE id = :a OR id = :b", {"a": 1})
    with pytest.raises(NoForm, match="a parameter"):
        client_for(demo).document("SELECT id FROM subscriber WHERE id = ?")


def test_documents_are_checked_before_they_travel(demo: DemoProcess, client_for: ClientFor) -> None:
    """An error is refused with its place, a text that looks like a column is remarked."""
    client = client_for(demo)
    with pytest.raises(DecodeError, match="did you mean 'subscriber'"):
        client.execute({"select": {"data": ["id"], "from": "subscribr"}})
    assert demo.log().requests == 0
    rows = client.execute({"method": "select", "params": {"data": ["usernme"], "from": "subscriber", "limit": 1}})
    assert list(rows) == [("usernme",)]
    assert "did you mean 'username'?" in rows.remarks[0]


def test_a_document_can_be_seen_before(demo: DemoProcess, client_for: ClientFor) -> None:
    """Nothing travels; what it shows can be executed."""
    client = client_for(demo)
    document = client.document(select("package", "id").where(name="name", paid=True).limit(2))
    assert demo.log().requests == 0
    client.execute(document)
    assert demo.log().documents[-1]["params"] == document.params


def test_unknown_names_are_typed(demo: DemoProcess, client_for: ClientFor) -> None:
    """With the nearest one."""
    client = client_for(demo)
    with pytest.raises(StatementRefused, match="did you mean 'username'"):
        client.execute(select("subscriber").where(usernme="a"))
    with pytest.raises(UnknownTable, match="did you mean 'subscriber'"):
        client.table("subscribr")
    with pytest.raises(UnknownColumn, match="did you mean 'username'"):
        client.table("subscriber", "usernme")
    with pytest.raises(UnknownColumn, match="did you mean 'username'"):
        client.table("subscriber").get(usernme="a")


def test_what_nobody_has_looked_at_is_looked_at_when_it_is_needed(demo: DemoProcess, client_for: ClientFor) -> None:
    """A portal is asked whether it has ILIKE when a statement wants it, once; not for one that does not."""
    client = client_for(demo)
    client.execute("SELECT id FROM package")
    assert demo.log().requests == 2  # the login and the statement
    found = client.execute(select("package", "name").where(name__icontains="A"))
    assert found
    assert all("a" in str(name).casefold() for (name,) in found)
    before = demo.log().requests
    client.execute(select("package", "name").where(name__icontains="b"))
    assert demo.log().requests == before + 1
    demo.set_switches("default", ilike=False)


def test_a_portal_without_ilike_is_not_asked_for_it(demo: DemoProcess, client_for: ClientFor) -> None:
    """The refusal says what to do."""
    demo.set_switches("bare")
    with pytest.raises(NoForm, match="LIKE knows case"):
        client_for(demo).execute(select("package").where(name__icontains="a"))


# Writes


def test_writes_must_be_allowed(demo: DemoProcess, client_for: ClientFor) -> None:
    """A client writes nothing unless it was made to, nor a whole table unless the call says so: exit code 6."""
    reader, writer = client_for(demo), client_for(demo, writes=True)
    writes = [
        insert("package").values(name="n"),
        update("package").set(paid=True).where(id=1),
        delete("package").where(id=1),
    ]
    for one in (*writes, *(str(one) for one in writes), reader.document(writes[0])):
        with pytest.raises(WriteNotAllowed, match=r"Client\(writes=True\)") as refused:
            reader.execute(one)
        assert refused.value.exit_code == 6
    for every in (delete("package"), update("package").set(paid=True), "DELETE FROM package WHERE 1 = 1"):
        with pytest.raises(EveryRow, match="all_rows=True"):
            writer.execute(every)
        with pytest.raises(EveryRow):
            writer.execute_many(["SELECT id FROM package", every])
    assert demo.log().requests == 0


def test_insert_update_delete_with_returning(own_portal: DemoProcess, client_for: ClientFor) -> None:
    """What is returned comes as rows of their column's types, one column or several; what is gone is gone."""
    client = client_for(own_portal, writes=True)
    made = client.execute(insert("service").values({"name": "id"}, {"name": "name"}).returning("id", "name"))
    assert [name for _, name in made] == ["id", "name"]
    ids = [number for number, _ in made]
    changed = client.execute(update("service").set(name="it's").where(name="name", id__in=ids).returning("id"))
    assert (list(changed), changed.columns) == ([(ids[1],)], ("id",))
    assert client.execute(delete("service").where(id__in=ids)).columns == ()
    assert not client.execute(select("service").where(id__in=ids))
    paid = client.execute(update("package").set(paid=~F("paid")).where(id=1).returning("paid"))
    assert paid[0][0] in (0, 1)
    client.execute(update("package").set(paid=~F("paid")).where(id=1))


def test_every_row_when_the_call_says_so(own_demo: DemoProcess, client_for: ClientFor) -> None:
    """`all_rows=True` is for that one call."""
    client = client_for(own_demo, writes=True)
    rows = client.execute(update("key").set(name=F("name")).returning("id"), all_rows=True)
    assert len(rows) == len(client.execute("SELECT id FROM key"))


def test_a_write_is_sent_once(own_demo: DemoProcess, client_for: ClientFor) -> None:
    """Where its answer was lost nobody knows whether it happened, and the error says so."""
    client = client_for(own_demo, writes=True)
    client.execute("SELECT id FROM service")
    own_demo.faults(Fault(Kind.RESET_BEFORE, method="insert"))
    with pytest.raises(UnknownOutcome):
        client.execute(insert("service").values(name="once"))
    assert [one["method"] for one in own_demo.log().documents].count("insert") == 1
    assert len(client.execute(delete("service").where(name="once").returning("id"))) == 1


def test_what_is_remembered_ends_with_a_write(own_demo: DemoProcess, client_for: ClientFor) -> None:
    """`get` sees what this program wrote."""
    client = client_for(own_demo, writes=True)
    table = client.table("service")
    client.execute(insert("service").values(id=9001, name="before"))
    assert table.get(id=9001) == {"id": 9001, "name": "before"}
    client.execute(update("service").set(name="after").where(id=9001))
    assert table.get(id=9001) == {"id": 9001, "name": "after"}
    client.execute(delete("service").where(id=9001))
    assert table.get(id=9001) is None


# Several statements


STATEMENTS = [
    "SELECT count(*) AS n FROM package",
    ("SELECT id FROM package WHERE id = ?", [3]),
    select("package", "id").where(id=4),
]


@pytest.mark.parametrize("batch", [True, False])
def test_several_statements(demo: DemoProcess, client_for: ClientFor, batch: bool) -> None:
    """One request where the portal takes batches, else one after another; the rows are the same."""
    demo.set_switches("default", batch=batch)
    client = client_for(demo)
    client.execute_many(STATEMENTS)
    demo.reset()
    found = client.execute_many(STATEMENTS)
    assert [list(one) for one in found] == [[(12,)], [(3,)], [(4,)]]
    assert demo.log().requests == (1 if batch else 3)
    assert client.execute_many([]) == []


@pytest.mark.parametrize("batch", [True, False])
def test_one_of_several_fails(demo: DemoProcess, client_for: ClientFor, batch: bool) -> None:
    """The error tells which; or it stands among the rows, and nothing is left out."""
    demo.set_switches("default", batch=batch)
    client = client_for(demo, writes=True)
    rows = ["SELECT id FROM package WHERE id = 1", "SELECT id FROM package WHERE 1 / (id - id) = 1", "SELECT 1"]
    with pytest.raises(Refused, match="division by zero") as refused:
        client.execute_many(rows)
    assert bool(getattr(refused.value, "__notes__", [])) == batch
    first, second, third = client.execute_many(rows, return_errors=True)
    assert (list(first), list(third)) == ([(1,)], [(1,)])  # type: ignore[call-overload]
    assert isinstance(second, Refused)


# Tables


def test_get_asks_memory_mirror_and_portal_in_turn(demo: DemoProcess, client_for: ClientFor) -> None:
    """Each only where the one before cannot answer; what is remembered or mirrored costs nothing."""
    client = client_for(demo)
    table = client.table("package")
    first = table.get(id=3)
    assert first is not None
    assert first["id"] == 3
    asked = len(demo.log().documents)
    assert asked > 0
    assert table.get(id=3) == first
    assert len(demo.log().documents) == asked
    assert table.sync().outcome == "published"
    assert table.sync().outcome == "fresh"
    demo.reset()
    other = table.get(id=4)
    assert (other is not None, demo.log().documents) == (True, [])
    assert table.sync(max_age=0).outcome == "published"


def test_get_of_what_is_not_there_or_not_one(demo: DemoProcess, client_for: ClientFor) -> None:
    """None, or a refusal; a value that no such column has is refused, too."""
    client = client_for(demo)
    assert client.table("package").get(id=-5) is None
    assert client.table("subscriber").get(username="password", id=1) is None
    with pytest.raises(UsageError, match="several rows"):
        client.table("package").get(disabled=False)
    with pytest.raises(UsageError, match="of type integer"):
        client.table("package").get(id="three")
    with pytest.raises(UsageError, match="get wants"):
        client.table("package").get()


def test_get_leaves_secrets_out_unless_they_are_named(demo: DemoProcess, client_for: ClientFor) -> None:
    """Passwords come only to who asks for them."""
    client = client_for(demo)
    whole = client.table("subscriber").get(username="password")
    assert whole is not None
    assert "password" not in whole
    assert {"id", "username", "balance"} <= set(whole)
    named = client.table("subscriber", "password", "id").get(username="password")
    assert named is not None
    assert list(named) == ["password", "id"]
    assert "password" not in client.table("subscriber").query().limit(1).rows().columns


def test_a_query_of_a_table_is_bound_to_its_client(demo: DemoProcess, client_for: ClientFor) -> None:
    """It is narrowed as any other, and asks when it is told to."""
    query = client_for(demo).table("package", "id", "name").query()
    narrowed = query.where(Q(id__lt=4)).order_by("-id")
    assert demo.log().requests == 0
    assert [one["id"] for one in narrowed.rows().dicts()] == [3, 2, 1]
    assert len(query.rows()) == 12
    assert narrowed.columns(call("count").as_("n")).order_by().rows().dicts() == [{"n": 3}]


# Life


def test_a_closed_client_says_so(demo: DemoProcess, options: Callable[..., dict[str, Any]]) -> None:
    """It may be closed twice."""
    with Client(**options(demo)) as client:
        assert client.execute("SELECT 1").columns == ("?column?",)
    client.close()
    for use in (
        lambda: client.execute("SELECT 1"),
        lambda: client.table("package").get(id=1),
        lambda: client.table("package").sync(),
    ):
        with pytest.raises(UsageError, match="closed"):
            use()


def test_a_client_shares_the_session_of_connections(demo: DemoProcess, client_for: ClientFor) -> None:
    """One portal in a process logs in once, however it is asked."""
    client = client_for(demo)
    connection = iptvvtab.connect(**_settings(client))
    connection.execute("SELECT count(*) FROM portal.package").fetchall()
    client.execute("SELECT 1")
    connection.close()
    assert demo.log().logins == 1
