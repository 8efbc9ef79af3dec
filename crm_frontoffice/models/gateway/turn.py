"""Writers of the same rows: they go side by side, and whoever was in another's way goes alone the next time.

Odoo works on a snapshot of the database, and repeats a call that meets rows which were changed since. Under many
writers of a few hot rows the repetition meets the next writer, again and again, until Odoo gives up. Here the
repetition has the source system to itself: it waits for its turn before its snapshot is taken.
"""

from weakref import WeakKeyDictionary

from psycopg2 import OperationalError

from odoo.tools import SQL

_collided = WeakKeyDictionary()  # cursors whose call will be repeated
_turns = WeakKeyDictionary()  # the cursors that hold the lock for them, until they commit

KEY = "hashtextextended('crm.gateway:' || %s, 0)"


def take_turn(env, source):
    """Call it before rows are read: beside other writers of the source, or alone after a collision."""
    cursor = env.cr
    if cursor in _turns:
        return
    if not _collided.pop(cursor, False):
        cursor.execute(SQL(f"SELECT pg_advisory_xact_lock_shared({KEY})", source))
        return
    # Another connection waits: this one would work on what it saw before the wait.
    _turns[cursor] = holder = env.registry.cursor()
    holder.execute(SQL(f"SELECT pg_advisory_xact_lock({KEY})", source))
    cursor.postcommit.add(lambda: _end_turn(cursor))


def note_collision(env, error):
    """A call failed: if it was in another's way, Odoo repeats it, alone."""
    if isinstance(error, OperationalError):
        _collided[env.cr] = True


def _end_turn(cursor):
    if holder := _turns.pop(cursor, None):
        holder.close()
