"""`iptvvtab explain`, and `.explain` in the shell: words, JSON, and figures of what was run."""

from __future__ import annotations

import json

import pytest

from iptvvtab.demo import DemoProcess

from .conftest import Run

NEWEST = "SELECT id FROM portal.tv_program ORDER BY start DESC LIMIT 20"
LOGIN = "SELECT id FROM portal.subscriber WHERE username = :login AND disabled AND surname LIKE 'a%'"

VIRTUAL = ("--whole-statements", "no")
"""Leaves all to the virtual tables."""


def test_explain_says_what_will_travel(run: Run, demo: DemoProcess) -> None:
    """Each condition has its verdict and rule; what SQLite shows nobody is told; nothing is sent."""
    done = run("explain", LOGIN)
    assert (done.code, done.err) == (0, "")
    for words in (
        '{"eq": [{"t": "username"}, {"?": 1}]}',
        "exact     username = ?1      text-equality",
        "superset  surname LIKE 'a%'  like: SQLite folds",
        "surname >= 'A'     text-range: made of the pattern by SQLite",
        "note: disabled alone is no comparison that SQLite shows: disabled = 1 would travel",
    ):
        assert words in done.out
    assert not demo.log().documents


def test_analyze_puts_what_it_took_beside(run: Run) -> None:
    """The first contact is made before, so that the plan is the one that ran: 20 rows of a large table."""
    done = run("explain", "--analyze", "--json", "--rules-off", "learned", NEWEST)
    found = json.loads(done.out)
    (step,) = found["steps"]
    assert (found["returned"], step["actual"]["passes"]) == (20, 1)
    assert (step["actual"]["requests"], step["actual"]["rows"]) == (1, 20)
    assert step["documents"][0]["limit"] == 20
    assert [choice["rule"] for choice in step["choices"] if choice["is_taken"]] == ["null-order", "limit"]


def test_look_ups_that_travel_together_are_told(run: Run) -> None:
    """Of the inner table of a join; the figures name batches, and the receipt of the query does too."""
    joined = "SELECT s.id, t.id FROM portal.subscriber s LEFT JOIN portal.terminal t ON t.subscriber_id = s.id"
    assert "for each row of s, keys that follow travel together" in run("explain", *VIRTUAL, joined).out
    assert "travel together" not in run("explain", *VIRTUAL, "--rules-off", "lookahead", joined).out
    done = run("explain", *VIRTUAL, "--analyze", "--json", joined)
    outer, inner = json.loads(done.out)["steps"]
    assert (outer["looks_ahead"], inner["looks_ahead"], inner["actual"]["passes"]) == (False, True, 50)
    assert inner["actual"]["requests"] == 1
    assert (
        "49 look-ups answered by 1 batch" in run("query", *VIRTUAL, joined, "--source", "live", "--receipt", "text").err
    )


def test_a_whole_statement_is_told(run: Run) -> None:
    """Its document, what is done here with the answer, what it took; where it is none, why not."""
    averages = "SELECT disabled, avg(max_terminal) FROM portal.subscriber GROUP BY 1 ORDER BY 2"
    assert run("doctor").code in (0, 1)
    told = run("explain", averages).out.splitlines()
    assert told[0] == "one request for the whole statement (subscriber): live (memory keeps it 30.0 s)"
    assert '"group_by": [{"subscriber": "disabled"}]' in told[1]
    assert [line.strip() for line in told[2:]] == [
        "a sum or mean is made of sum, count, least and greatest value: SQLite may overflow on the way",
        "the rows are sorted as SQLite does when they came",
    ]
    assert "actual     1 time, 1 request, 3 rows fetched" in run("explain", "--analyze", averages).out
    found = json.loads(run("explain", "--analyze", "--json", averages).out)
    assert (found["whole"]["tables"], found["actual"]["requests"], found["steps"]) == (["subscriber"], 1, [])
    assert "not one request: whole_statements is off" in run("explain", *VIRTUAL, averages).out
    scan = "SELECT id, upper(username) FROM portal.subscriber"
    reason = "a virtual table reads no more, in pages"
    told = run("explain", scan).out.splitlines()
    assert f"not one request: a scan of one table: {reason}" in told
    assert not [line for line in told if line.startswith("nor several")]
    over = "SELECT username, lead(id) OVER (ORDER BY id) FROM portal.subscriber WHERE id < 50"
    assert "nor several documents in one: a scan of one table: " + reason in run("explain", over).out
    sql = averages.replace("ORDER BY 2", "UNION ALL SELECT 7, count(*) FROM portal.terminal")
    told = run("explain", sql).out.splitlines()
    assert told[0] == "one request for the whole statement (subscriber, terminal): live (memory keeps it 30.0 s)"
    assert [line[:14] for line in told[1:3]] == ['    {"data": [', '    {"data": [']
    assert [line for line in told if line.startswith("    SQLite makes of the answers: SELECT")]


def test_a_rule_that_is_off_is_named(run: Run) -> None:
    """What is switched off is said to be."""
    done = run("explain", "--rules-off", "like", "SELECT id FROM portal.subscriber WHERE username LIKE '%x%'")
    assert "local  username LIKE '%x%'  like: the rule is switched off" in done.out
    refused = run("explain", "--rules-off", "lik", "SELECT 1")
    assert refused.code == 2
    assert "did you mean 'like'" in refused.err


def test_secrets_stay_hidden(run: Run) -> None:
    """The value of a sensitive column is shown in no document, condition or remark."""
    done = run("explain", "SELECT id FROM portal.subscriber WHERE password = 'geheim' AND lower(password) = 'geheim'")
    assert "password = ***" in done.out
    assert "geheim" not in done.out


@pytest.mark.parametrize("sql", ["SELECT nope FROM portal.subscriber", "SELECT * FROM portal.nope", "SELEC 1"])
def test_what_sqlite_refuses_is_no_plan(run: Run, sql: str) -> None:
    """A mistake is told as `query` tells it."""
    explained, queried = run("explain", sql), run("query", sql)
    assert (explained.code, explained.err) == (queried.code, queried.err)


def test_parameters(run: Run) -> None:
    """Without values a statement can be explained; to run it, all are needed."""
    assert run("explain", LOGIN).code == 0
    assert run("explain", "--analyze", LOGIN).code == 2
    assert run("explain", "--analyze", "-p", "login", "x", LOGIN).code == 0


def test_explain_in_the_shell(spawn: Run) -> None:
    """The statement is taken as it stands, quotes and all."""
    done = spawn(
        "shell", stdin=".explain SELECT id FROM portal.package WHERE name = 'a b'\n.explain --analyze SELECT 1\n"
    )
    assert done.code == 0
    assert "exact  name = 'a b'  text-equality" in done.out
    assert "1 row in" in done.out
