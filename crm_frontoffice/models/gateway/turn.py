"""Writers of the same rows: they go side by side, and whoever was in another's way begins anew, alone.

Odoo works on a snapshot of the database, and repeats a call that meets rows which were changed since. It sleeps
before, for seconds, and the worker with it; under many writers of a few hot rows the repetition meets the next
writer, again and again, until Odoo gives up. Here the repetition comes at once, and has the source system to itself:
it waits for its turn before its snapshot is taken. For a while after a collision, each goes alone at once.
"""

import time

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

KEY = "hashtextextended('crm.gateway:' || %s, 0)"
BESIDE_OTHERS = f"SELECT pg_advisory_xact_lock_shared({KEY}), pg_current_xact_id_if_assigned() IS NULL"
ALONE = f"SELECT pg_advisory_xact_lock({KEY})"
CROWDED = 10  # seconds after a collision in which the next one is likely

_collided = {}  # when writers last collided, by database and source system


def take_turn(env, source, work):
    """Do the work on rows of a source system: beside other writers, or alone after a collision.

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
    return _work_alone(env, source, work)


def _work_alone(env, source, work):
    # Another connection waits: this one would work on what it saw before the wait.
    holder = env.registry.cursor()
    env.cr.postcommit.add(holder.close)
    env.cr.postrollback.add(holder.close)
    holder.execute(SQL(ALONE, source))
    return _finish(env, work)


def _finish(env, work):
    result = work()
    env.flush_all()
    return result
