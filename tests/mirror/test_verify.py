"""Verification: whatever changed on the portal is found and repaired, by little, and nothing is published unproven."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import apsw
import pytest
import yaml

from iptvvtab import errors
from iptvvtab.demo import DemoProcess, DemoTable, Fault, Kind
from iptvvtab.mirror import Mirror
from tests.mirror.conftest import MirrorFor
from tests.mirror.things import SWITCHES, THING, Rows, held, put, rows, rung, schemas

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases" / "verify.yaml").read_text())
ROWS, APART = 40, 1000


@pytest.fixture(params=["sqlite", "postgresql"])
def portal(request: pytest.FixtureRequest) -> DemoProcess:
    """A portal on each of the demo's stores."""
    fixture = {"sqlite": "own_demo", "postgresql": "own_demo_postgresql"}[request.param]
    return request.getfixturevalue(fixture)  # type: ignore[no-any-return]


def verified(mirror: Mirror) -> Any:
    """What a verifying sync came to, which must be well."""
    done = mirror.sync("thing", 0, strategy="verify")
    assert (done.outcome, done.error) == ("published", None)
    return done


def histories() -> tuple[Rows, Rows]:
    """The rows of all cases, before and after."""
    before: Rows = {}
    after: Rows = {}
    for number, case in enumerate(CASES):
        served = rows(ROWS, case.get("before"))
        changed = {**served, **(case.get("after") or {})}
        before |= {key + APART * number: row for key, row in served.items()}
        after |= {key + APART * number: row for key, row in changed.items() if row is not None}
    return before, after


def found(mirror: Mirror, *, is_full: bool = False) -> tuple[Any, ...]:
    """What comparing came to."""
    done = mirror.verify("thing", is_full=is_full)
    assert done.found is not None, done.error
    return done.found.rung, done.found.changed, done.found.new, done.found.gone


CHANGED, NEW, GONE = (sum(case[kind] for case in CASES) for kind in ("changed", "new", "gone"))


@pytest.mark.parametrize("name", SWITCHES)
def test_every_kind_of_change(portal: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, name: str) -> None:
    """`verify` tells it and changes nothing; `sync --verify` repairs it; then nothing differs. By every rung."""
    portal.set_switches("full", **SWITCHES[name])
    mirror = mirror_for(portal, schemas=schemas(tmp_path), page_rows=500)
    before, after = histories()
    put(portal, before)
    assert verified(mirror).rung == "rows"
    assert held(mirror.path) == before
    put(portal, after)
    assert found(mirror, is_full=name == "rows") == (rung(name), CHANGED, NEW, GONE)
    assert held(mirror.path) == before, "nothing is changed"
    assert verified(mirror).rung == rung(name)
    assert held(mirror.path) == after
    assert found(mirror, is_full=name == "rows") == (rung(name), 0, 0, 0)


@pytest.mark.parametrize(("name", "count"), [("totals", True), ("keys", False)])
def test_what_cannot_see_values(
    portal: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, name: str, *, count: bool
) -> None:
    """Without hashes `verify` finds rows that came or went; a value that changed is not seen, nor said to be seen.

    A sync does not go by that.
    """
    portal.set_switches("default", count=count)
    mirror = mirror_for(portal, schemas=schemas(tmp_path), page_rows=500)
    before, after = histories()
    put(portal, before)
    assert verified(mirror).rung == "rows"
    assert found(mirror) == (name, None, 0, 0)
    put(portal, {key: after.get(key, row) for key, row in before.items()})  # no row came or went
    assert found(mirror) == (name, None, 0, 0)
    put(portal, after)
    assert found(mirror) == ("keys", None, NEW, GONE)
    assert found(mirror, is_full=True) == ("rows", CHANGED, NEW, GONE)
    assert verified(mirror).rung == "rows"
    assert held(mirror.path) == after


# What stands beside: other strategies, people, portals that change.


@pytest.fixture
def kept(own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> Mirror:
    """A mirror of forty things with their hashes, by the policy of their schema; changes are told by `at`."""
    own_demo.set_switches("full")
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path, more="incremental_field: at"))
    put(own_demo, TIMED)
    assert (mirror.sync("thing", 0).rung, verified(mirror).rung) == ("rows", "groups")
    return mirror


TIMED: Rows = {key: [*row[:4], f"2023-12-{key % 9 + 1:02} 00:00:00"] for key, row in rows(ROWS).items()}


def hashes(mirror: Mirror) -> int:
    """How many hashes of things are known."""
    with closing(apsw.Connection(str(mirror.path))) as file:
        return int(file.execute("SELECT count(hash) FROM _mirror_hash_thing").get)


def change(mirror: Mirror, sql: str) -> None:
    """Change the file as anybody could."""
    with closing(apsw.Connection(str(mirror.path))) as file:
        file.execute(sql)


@pytest.mark.parametrize("policy", ["verify", "incremental"])
def test_after_an_incremental_sync(own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path, policy: str) -> None:
    """Its rows bring their hashes, or are fetched by the next verification; what it cannot see is found then."""
    own_demo.set_switches("full")
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path, policy, "incremental_field: at"))
    put(own_demo, TIMED)
    verified(mirror)
    served = {**TIMED, 3: ["silently", *TIMED[3][1:]], 50: ["old", "b", 1, True, None]}
    served |= {4: ["told", "b4", 4, True, "2024-01-02 00:00:00"], 41: ["new", "b", 1, True, "2024-01-02 00:00:00"]}
    del served[9]
    put(own_demo, served)
    done = mirror.sync("thing", 0, strategy="incremental")
    assert (done.strategy, done.error) == ("incremental", None)
    assert held(mirror.path)[3] == TIMED[3], "it cannot see this"
    unknown = 0 if policy == "verify" else len(served) - hashes(mirror)
    assert hashes(mirror) == len(served) - unknown
    assert found(mirror) == ("groups", 1 + unknown, 0, 0)
    assert verified(mirror).rows == 1 + unknown
    assert held(mirror.path) == served
    assert hashes(mirror) == len(served)


def test_after_a_full_sync(own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Without verification it drops the hashes, by a policy of verification it brings them along."""
    own_demo.set_switches("full")
    put(own_demo, TIMED)
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path, "full"))
    verified(mirror)
    assert mirror.sync("thing", 0).outcome == "published"
    assert (found(mirror)[0], verified(mirror).rung) == ("totals", "rows")
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path, "verify"))
    assert mirror.sync("thing", 0, strategy="full").strategy == "full"
    assert (found(mirror)[0], verified(mirror).rung) == ("groups", "groups")


def test_after_it_is_cleared(kept: Mirror) -> None:
    """The hashes go with the table, and what was verified with them."""
    assert kept.clear(["thing"]) == ["thing"]
    with closing(apsw.Connection(str(kept.path))) as file:
        names = {name for (name,) in file.execute("SELECT name FROM sqlite_schema")}
        assert file.execute("SELECT count(*) FROM _mirror_verified").get == 0
    assert not {"thing", "_mirror_hash_thing"} & names
    done = kept.verify("thing")
    assert isinstance(done.error, errors.NotMirrored)


def test_many_changes(own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Where more than a tenth and 500 of the rows changed all are read, and their hashes are kept."""
    own_demo.set_switches("full")
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path), page_rows=1000)
    before = rows(2000)
    put(own_demo, before)
    verified(mirror)
    after = {key: ["changed", *row[1:]] if key <= 501 else row for key, row in before.items()}
    put(own_demo, after)
    done = verified(mirror)
    assert (done.rung, done.rows) == ("rows", 2000)
    assert held(mirror.path) == after
    assert verified(mirror).rung == "groups"


def test_a_table_that_loses_all(own_demo: DemoProcess, kept: Mirror) -> None:
    """No row left is an answer where the portal counts none; then rows come back."""
    put(own_demo, {})
    assert found(kept) == ("groups", 0, 0, ROWS)
    assert verified(kept).rows == 0
    assert held(kept.path) == {}
    put(own_demo, TIMED)
    assert verified(kept).rows == ROWS
    assert held(kept.path) == TIMED


def test_what_people_change_in_the_file(kept: Mirror) -> None:
    """A row that somebody changed in the file is seen by reading all; one that is gone or too many by the next sync."""
    change(kept, "UPDATE thing SET a = 'mine' WHERE id = 7")
    assert found(kept) == ("groups", 0, 0, 0)
    assert found(kept, is_full=True) == ("rows", 1, 0, 0)
    change(kept, "DELETE FROM thing WHERE id = 8")
    assert verified(kept).rung == "rows"
    assert held(kept.path) == TIMED


def test_a_portal_that_forgets_how_to_hash(own_demo: DemoProcess, kept: Mirror) -> None:
    """It is asked anew, and the sync goes by what is left; so it is when it learns again, for the next process."""
    own_demo.set_switches("full", derived_tables=False, group_by_expression=False)
    assert found(kept)[0] == "ranges"
    own_demo.set_switches("default")
    assert found(kept) == ("totals", None, 0, 0)
    done = verified(kept)
    assert (done.rung, done.rows) == ("rows", ROWS)
    assert held(kept.path) == TIMED


def test_a_table_that_the_portal_does_not_hash(own_demo: DemoProcess, kept: Mirror) -> None:
    """It is read without hashes, though others are hashed."""
    own_demo.faults(Fault(Kind.ERROR_OBJECT, message="function does not exist"))
    done = verified(kept)
    assert (done.rung, done.rows) == ("rows", ROWS)
    assert found(kept)[0] == "totals"


def test_a_column_that_is_gone_is_named(own_demo: DemoProcess, kept: Mirror) -> None:
    """A verification that is refused for it says so."""
    columns = tuple(column for column in THING.columns if column.name != "b")
    table = DemoTable("thing", columns, ("id",))
    own_demo.put_tables([(table, [[key, row[0], *row[2:]] for key, row in TIMED.items()])])
    done = kept.sync("thing", 0)
    assert isinstance(done.error, errors.SchemaDrift)
    assert "'b'" in str(done.error)


def test_a_part_of_a_table(own_demo: DemoProcess, mirror_for: MirrorFor, tmp_path: Path) -> None:
    """Only rows of the part are compared: one that leaves it is gone, one that comes into it is new."""
    own_demo.set_switches("full")
    mirror = mirror_for(own_demo, schemas=schemas(tmp_path, more="where: n >= 10"))
    before = rows(ROWS)
    put(own_demo, before)
    verified(mirror)
    assert set(held(mirror.path)) == set(range(10, ROWS + 1))
    after = {
        **before,
        5: ["a5", "b5", 50, True, None],
        15: ["a15", "b15", 5, True, None],
        2: ["not", "ours", 2, True, None],
    }
    after[20] = ["changed", *before[20][1:]]
    put(own_demo, after)
    assert found(mirror) == ("groups", 1, 1, 1)
    assert found(mirror, is_full=True) == ("rows", 1, 1, 1)
    assert verified(mirror).rows == 2
    assert held(mirror.path) == {key: row for key, row in after.items() if row[2] >= 10}
