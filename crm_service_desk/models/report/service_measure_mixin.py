from odoo import fields, models

from ..sla.sla_clock import OPEN, WAITING

MINUTE = 60  # seconds


class ServiceMeasureMixin(models.AbstractModel):
    """What a ticket took, in minutes of working time, written when it ends: the figures of all reports."""

    _name = "service.measure.mixin"
    _description = "Ticket with Figures"

    answer_count = fields.Integer("Our Answers", readonly=True, copy=False, groups="base.group_user")
    first_answer_minutes = fields.Integer(
        "First Answer (min)", readonly=True, copy=False, aggregator="avg", groups="base.group_user"
    )
    solution_minutes = fields.Integer(
        "Solution (min)", readonly=True, copy=False, aggregator="avg", groups="base.group_user"
    )
    work_minutes = fields.Integer(
        "In Our Hands (min)", readonly=True, copy=False, aggregator="avg", groups="base.group_user"
    )
    wait_minutes = fields.Integer(
        "Waiting for Others (min)", readonly=True, copy=False, aggregator="avg", groups="base.group_user"
    )
    first_contact_rate = fields.Float(
        "Solved at First Contact (%)",
        readonly=True,
        copy=False,
        aggregator="avg",
        groups="base.group_user",
        help="Solved with one answer at most, and never reopened.",
    )
    reopen_rate = fields.Float("Reopened (%)", readonly=True, copy=False, aggregator="avg", groups="base.group_user")

    def _measure(self):
        """Write the figures of tickets that have just ended, with one table of working time per calendar."""
        groups = self.grouped(lambda ticket: (ticket.team_id.calendar_id or ticket.company_id.resource_calendar_id,
                                              ticket.company_id))  # fmt: skip
        for (calendar, company), tickets in groups.items():
            stops = [phase.date_stop for phase in tickets.phase_ids if phase.date_stop]
            if stops:
                starts = tickets.mapped("date_opened")
                clock = self.env["service.sla.status"]._get_clock(calendar, company, min(starts), max(stops))
                for ticket in tickets:
                    ticket.write(ticket._prepare_figures(clock))

    def _prepare_figures(self, clock):
        self.ensure_one()
        spells = [(phase.category, phase.date_start, phase.date_stop) for phase in self.phase_ids if phase.date_stop]

        def sum_of(categories):
            return int(sum(clock.worked(start, stop) for name, start, stop in spells if name in categories)) // MINUTE

        work, wait = sum_of(OPEN), sum_of(WAITING)
        answered = self.date_first_answer
        return {
            "work_minutes": work,
            "wait_minutes": wait,
            "solution_minutes": work + wait,
            "first_answer_minutes": int(clock.worked(self.date_opened, answered)) // MINUTE if answered else False,
            "first_contact_rate": 100 if self.answer_count <= 1 and not self.reopen_count else 0,
            "reopen_rate": 100 if self.reopen_count else 0,
        }
