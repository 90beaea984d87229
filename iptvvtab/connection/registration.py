"""The doors for programs: virtual tables on an APSW connection, and what its statements cost."""

from __future__ import annotations

import atexit
import re
import weakref
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

import apsw

from iptvvtab.config import load
from iptvvtab.connection import portals
from iptvvtab.connection.choice import Choice, install_choice
from iptvvtab.connection.explanation import Explanation, explanation
from iptvvtab.connection.lists import lists
from iptvvtab.connection.recorder import Bindings
from iptvvtab.connection.refresher import Refresher
from iptvvtab.connection.routing import RoutedCursor, Routing
from iptvvtab.connection.statements import Schema
from iptvvtab.errors import InvalidSetting, NotWritable, UsageError, did_you_mean
from iptvvtab.mirror import quoted
from iptvvtab.remote import Journal
from iptvvtab.vtab import (
    ALL,
    Context,
    Contract,
    ListModule,
    Peers,
    PortalModule,
    install,
    install_answers,
    interruption,
    rule_names,
)

if TYPE_CHECKING:
    from iptvvtab.config import Settings
    from iptvvtab.remote import Meter

_RESERVED = ("main", "temp")
_OPEN = apsw.SQLITE_OPEN_READWRITE | apsw.SQLITE_OPEN_CREATE | apsw.SQLITE_OPEN_URI

_choices: weakref.WeakKeyDictionary[apsw.Connection, dict[str, Choice]] = weakref.WeakKeyDictionary()
_routings: weakref.WeakKeyDictionary[apsw.Connection, Routing] = weakref.WeakKeyDictionary()
_contexts: weakref.WeakKeyDictionary[apsw.Connection, dict[str, Context]] = weakref.WeakKeyDictionary()


def connect(*, schema: str = "portal", profile: str | None = None, **settings: object) -> apsw.Connection:
    """Return a new in-memory APSW connection with the tables of a portal under `schema`.

    `settings` are those of docs/settings.md, by name; the rest comes from the environment and files. Nothing travels
    before the first query. Raises ConfigError and SchemaError.
    """
    connection = apsw.Connection(":memory:", flags=_OPEN)
    try:
        resolved = _resolved(profile, settings)
        _register(connection, schema, resolved, is_routed=True)
    except BaseException:
        connection.close()
        raise
    return connection


def register(
    connection: apsw.Connection,
    *,
    schema: str = "portal",
    profile: str | None = None,
    redirect: bool = False,
    **settings: object,
) -> None:
    """Put the tables of a portal under `schema` on an APSW connection of yours.

    May be called for several profiles under several names. No file stores the tables: they live in an attached
    in-memory schema, until the connection closes or `DETACH schema`. With `redirect` what is fresh in the shadow file
    is read there natively: the connection must have been opened with SQLITE_OPEN_URI, and have no cursor factory.
    Raises UsageError where it does not, for a schema name that is taken, within a transaction and for what is no APSW
    connection, NotWritable for a read-only one, ConfigError and SchemaError.
    """
    _check(connection, schema)
    if redirect:
        _check_redirect(connection)
    _register(connection, schema, _resolved(profile, settings), is_routed=redirect)


def meter(connection: apsw.Connection, schema: str = "portal") -> Meter:
    """Return a meter of what the statements of a connection cost from now on; close it, or use `with`.

    `meter.receipt()` has requests, rows, bytes and seconds, by table and in sum. Raises UsageError when nothing is
    registered under that name.
    """
    contexts = _contexts.get(connection, {})
    if schema not in contexts:
        raise UsageError(f"no portal is registered under the schema name {schema!r} on this connection")
    return contexts[schema].journal.meter()


def explain(connection: apsw.Connection, sql: str, bindings: Bindings = None, *, analyze: bool = False) -> Explanation:
    """Return what the first statement of a text will ask of the portals on a connection, and why not more.

    Nothing travels, unless `analyze` runs the statement to its end and puts what it took beside. Raises apsw.Error for
    what SQLite refuses.
    """
    contexts = list(_contexts.get(connection, {}).values())
    return explanation(connection, contexts, sql, bindings, routing=_routings.get(connection), analyze=analyze)


def _resolved(profile: str | None, settings: Mapping[str, object]) -> Settings:
    resolved = load(profile, settings)
    resolved.require_portal()
    return resolved


def _register(connection: apsw.Connection, schema: str, settings: Settings, *, is_routed: bool) -> None:
    _check(connection, schema)
    portal = portals.take(settings)
    holders = _Holders(portal, Refresher(settings), _attachment(connection, schema))
    try:
        context = _attach(connection, schema, portal, settings, holders)
    except BaseException:
        holders.release()
        raise
    if is_routed and (settings.redirect or settings.whole_statements):
        attached = portal.mirror.attached(f"_{schema}_mirror") if settings.redirect else None
        _routing(connection).add(
            Schema(schema, context, settings.whole_statements, lambda: holders.is_released), attached
        )


def _routing(connection: apsw.Connection) -> Routing:
    """Return what finds ways for the statements of a connection; made, and given its cursors, when first asked for."""
    if connection not in _routings:
        routing = _routings[connection] = Routing()
        install_answers(connection)
        connection.cursor_factory = partial(RoutedCursor, routing=routing)
    return _routings[connection]


@atexit.register
def _leave() -> None:
    """Close what is still open: SQLite lets go of our tables by calling them; a Python that is gone crashes then."""
    for connection in list(_contexts):
        with suppress(apsw.Error):
            connection.close(True)


class _Holders:
    """Releases the portal of one schema once nobody can ask it any more.

    That is when SQLite let go of the last table of a schema that is detached, or of the module that makes them: the
    connection closed. Of tables alone it lets go in a VACUUM, too, and connects them anew. `is_attached` tells whether
    the connection still has the schema.
    """

    def __init__(self, portal: portals.Portal, refresher: Refresher, is_attached: Callable[[], bool]) -> None:
        self._portal, self._tables, self._is_attached = portal, 0, is_attached
        self.view = portal.mirror.view(refresher.want)
        self.is_released = False

    def opened(self) -> None:
        self._tables += 1

    def closed(self) -> None:
        self._tables -= 1
        if not self._tables and not self._is_attached():
            self.release()

    def release(self) -> None:
        if not self.is_released:
            self.is_released = True
            self.view.close()
            portals.release(self._portal)


def _attachment(connection: apsw.Connection, schema: str) -> Callable[[], bool]:
    """Return a test whether a connection has a schema of that name; holds no reference to it."""
    reference = weakref.ref(connection)

    def is_attached() -> bool:
        alive = reference()
        return alive is not None and schema in alive.db_names()

    return is_attached


def _check(connection: object, schema: str) -> None:
    if not isinstance(connection, apsw.Connection):
        given = f"{type(connection).__module__}.{type(connection).__qualname__}"
        raise UsageError(f"register needs an apsw.Connection, not {given}; apsw.Connection(path) opens the same files")
    if connection.in_transaction:  # SQLite would create the tables in it, and a rollback would take them away
        raise UsageError(f"schema {schema!r} cannot be registered within a transaction; do so before BEGIN")
    if not re.fullmatch(r"[^\W\d]\w*", schema):
        raise UsageError(f"schema {schema!r} is not a name that SQL can use unquoted: letters, digits and _")
    taken = [name for (_, name, _) in connection.execute("PRAGMA database_list")]
    if schema.casefold() in {name.casefold() for name in (*_RESERVED, *taken)}:
        raise UsageError(f"schema name {schema!r} is taken on this connection; pass another one as schema=")
    if connection.readonly("main"):
        raise NotWritable(schema)


def _check_redirect(connection: apsw.Connection) -> None:
    if not connection.open_flags & apsw.SQLITE_OPEN_URI:
        raise UsageError("redirect needs a connection that was opened with the flag apsw.SQLITE_OPEN_URI")
    if connection not in _routings and connection.cursor_factory is not apsw.Cursor:
        raise UsageError("redirect needs the cursor_factory of the connection, which is in use")


def _contract(settings: Settings) -> Contract:
    """Return the contract less the rules that are switched off. Raises InvalidSetting for a name that is no rule."""
    known = [*rule_names(), ALL]
    for name in settings.rules_off:
        if name not in known:
            reason = f"{name!r} is no rule{did_you_mean(name, known)}; docs/sql.md names them"
            raise InvalidSetting("rules_off", settings.origin("rules_off"), reason)
    return Contract().without(settings.rules_off)


def _attach(
    connection: apsw.Connection, schema: str, portal: portals.Portal, settings: Settings, holders: _Holders
) -> Context:
    journal = Journal()
    interrupted = interruption(connection)

    choice = Choice(settings, portal.catalog)
    others = list(_contexts.get(connection, {}).values())
    context = Context(
        portal.catalog,
        portal.source,
        journal,
        choice.freshness,
        holders.opened,
        holders.closed,
        holders.view,
        _contract(settings),
        peers=others[0].peers if others else Peers(),
    )
    about = lists(portal, journal, choice)
    module = PortalModule(context, interrupted)
    weakref.finalize(module, holders.release).atexit = False
    modules = (
        ("tables", module, tuple(portal.catalog)),
        ("lists", ListModule(about), tuple(one.name for one in about)),
    )
    connection.execute(f"ATTACH ':memory:' AS {quoted(schema)}")
    try:
        for kind, one, names in modules:
            install(connection, schema, f"iptvvtab_{schema}_{kind}", one, names)
    except BaseException:
        connection.execute(f"DETACH {quoted(schema)}")
        raise
    _contexts.setdefault(connection, {})[schema] = context
    chosen = _choices.setdefault(connection, {})
    chosen[schema] = choice
    install_choice(connection, chosen)
    return context
