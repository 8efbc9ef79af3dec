import doctest
import random
from datetime import datetime, timedelta

from odoo.tests import tagged
from odoo.tests.common import BaseCase

from ...models.sla import policy_rule, promise, sla_clock
from ...models.ticket import form_answers, mail_headers, mail_lookups, priority_matrix, subject_number

EPOCH = datetime.fromisoformat("2026-06-01 00:00:00")
MINUTE = timedelta(minutes=1)


def random_spells(chance):
    """Working time with lunch breaks, night shifts, holes and days off, in whole minutes."""
    spells, moment = [], EPOCH
    for _number in range(chance.randrange(3, 25)):
        start = moment + chance.randrange(0, 1500) * MINUTE
        moment = start + chance.randrange(1, 600) * MINUTE
        spells.append((start, moment))
    return spells


def minutes_of(spells):
    """Every working minute, one by one: slow and plain."""
    return [
        start + number * MINUTE for start, stop in spells for number in range(int((stop - start).total_seconds() // 60))
    ]


@tagged("post_install", "-at_install")
class TestSlaClock(BaseCase):
    """The clock agrees with counting minute by minute."""

    def test_documentation_is_true(self):
        for module in (
            sla_clock,
            policy_rule,
            promise,
            form_answers,
            mail_headers,
            mail_lookups,
            priority_matrix,
            subject_number,
        ):
            with self.subTest(module=module.__name__):
                result = doctest.testmod(module)
                self.assertTrue(result.attempted)
                self.assertFalse(result.failed)

    def test_deadlines_agree_with_counting(self):
        chance = random.Random(19)
        for _case in range(60):
            spells = random_spells(chance)
            minutes = minutes_of(spells)
            start = EPOCH + chance.randrange(0, 20_000) * MINUTE
            target = chance.randrange(1, 3000)
            ahead = [minute for minute in minutes if minute >= start]
            expected = ahead[target - 1] + MINUTE if len(ahead) >= target else None
            with self.subTest(start=start, target=target):
                self.assertEqual(sla_clock.WorkClock(spells).deadline(start, target * 60), expected)

    def test_durations_agree_with_counting(self):
        chance = random.Random(7)
        for _case in range(60):
            spells = random_spells(chance)
            start, stop = sorted(EPOCH + chance.randrange(0, 20_000) * MINUTE for _end in "ab")
            expected = sum(start <= minute < stop for minute in minutes_of(spells))
            with self.subTest(start=start, stop=stop):
                self.assertEqual(sla_clock.WorkClock(spells).worked(start, stop) / 60, expected)

    def test_order_and_empty_spells_do_not_matter(self):
        spells = [(EPOCH + 60 * MINUTE, EPOCH + 120 * MINUTE), (EPOCH, EPOCH + 30 * MINUTE), (EPOCH, EPOCH)]
        self.assertEqual(sla_clock.WorkClock(spells).deadline(EPOCH, 31 * 60), EPOCH + 61 * MINUTE)

    def test_without_working_time_there_is_no_deadline(self):
        self.assertIsNone(sla_clock.WorkClock([]).deadline(EPOCH, 60))
        self.assertEqual(sla_clock.WorkClock([]).worked(EPOCH, EPOCH + MINUTE), 0)
