"""A system that sends rows to the gateway while something breaks, and the look at what is there afterwards."""

import http.client
import threading
import time
import xmlrpc.client
from xml.parsers.expat import ExpatError

import psycopg2

PATIENCE = 240  # seconds until everything is acknowledged
# What a caller meets whose server dies: no connection, a cut answer, an empty one.
CUT_OFF = (OSError, http.client.HTTPException, xmlrpc.client.Error, ExpatError, ValueError)


def query(database, sql, *values, host=None):
    connection = psycopg2.connect(dbname=database, **({"host": host} if host else {}))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()


class Client(threading.Thread):
    """A system that sends its rows in small calls, and each again until it is acknowledged."""

    def __init__(self, company, source, calls, rows):
        super().__init__()
        self.company, self.source, self.calls, self.rows = company, source, calls, rows
        self.acknowledged, self.repeated, self.wrong = [], 0, []

    def run(self):
        deadline = time.monotonic() + PATIENCE
        for number in range(self.calls):
            batch = [
                {"external_id": f"{number}-{row}", "name": f"{self.source} {number}-{row}", "is_company": True}
                for row in range(self.rows)
            ]
            while not self.send(batch) and time.monotonic() < deadline:
                self.repeated += 1
                time.sleep(0.2)

    def send(self, batch):
        try:
            answers = self.company.connect("admin")("crm.gateway", "upsert_customers", self.source, batch)
        except CUT_OFF:
            return False  # killed under the call: whether it was kept is not known
        self.wrong += [answer for answer in answers if answer["state"] not in ("created", "unchanged")]
        self.acknowledged += [(answer["external_id"], answer["id"]) for answer in answers]
        return True


def assert_all_there_once(database, client, host=None):
    expected = client.calls * client.rows
    assert not client.wrong
    assert len(dict(client.acknowledged)) == expected, "every row was acknowledged in the end"
    found = query(
        database, "SELECT external_id, res_id FROM crm_external_ref WHERE source = %s", client.source, host=host
    )
    assert sorted(found) == sorted(client.acknowledged)
    [(partners,)] = query(
        database, "SELECT count(*) FROM res_partner WHERE name LIKE %s", f"{client.source} %", host=host
    )
    assert partners == expected
