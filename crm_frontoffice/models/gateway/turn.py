"""Writers of the same rows: they go side by side, and whoever was in another's way begins anew, one after another.

Odoo works on a snapshot of the database, and repeats a call that meets rows which were changed since. It sleeps
before, for seconds, and the worker with it; under many writers of a few hot rows the repetition meets the next
writer, again and again, until Odoo gives up. Here the repetition comes at once: it waits for its turn at its rows
before its snapshot is taken. For a while after a collision, each call to the source system waits so at once.
"""

import time

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

KEY = "hashtextextended('crm.gateway:' || %s, 0)"
BESIDE_OTHERS = f"SELECT pg_advisory_xact_lock_shared({KEY}), pg_current_xact_id_if_assigned() IS NULL"
ALONE = f"SELECT pg_advisory_xact_lock({KEY})"
# In one order for all, so that two never wait for each other.
ALONE_AT_ROWS = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended('crm.gateway.row:' || %s || '/' || row, 0) AS key
      FROM unnest(%s) AS row ORDER BY key) AS keys"""
MOST_KEYS = 100  # PostgreSQL has room for some thousand locks: larger calls have the source system to themselves
CROWDED = 10  # seconds after a collision in which the next one is likely

_collided = {}  # when writers last collided, by database and source system


def take_turn(env, source, rows, work):
    """Do the work on rows of a source system: beside other writers, or in turn after a collision.

    :param rows: the references of the rows, texts
    :param work: a function without arguments; what it has written is flushed
    :return: what it returns
    """
    env.flush_all()
    [(_locked, has_written_nothing)] = env.execute_query(SQL(BESIDE_OTHERS, source))
    place = (env.cr.dbname, source)
    is_crowded = time.monotonic() < _collided.get(place, 0) + CROWDED
    if not (is_crowded and has_written_nothing):
        try:
            return _finish(env, work)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            _collided[place] = time.monotonic()
            if not has_written_nothing:
                raise  # what the caller wrote before would be lost as well
    env.cr.rollback()
    env.transaction.reset()
    env.registry.reset_changes()
    return _work_in_turn(env, source, rows, work)


def _work_in_turn(env, source, rows, work):
    # Another connection waits: this one would work on what it saw before the wait.
    holder = env.registry.cursor()
    env.cr.postcommit.add(holder.close)
    env.cr.postrollback.add(holder.close)
    if len(rows) > MOST_KEYS:
        holder.execute(SQL(ALONE, source))
    else:
        holder.execute(SQL(BESIDE_OTHERS, source))
        holder.execute(SQL(ALONE_AT_ROWS, source, rows))
    return _finish(env, work)


def _finish(env, work):
    result = work()
    env.flush_all()
    return result
