from datetime import UTC, timedelta

from odoo import api, fields, models
from odoo.fields import Domain

from ..sla.sla_clock import DONE, WAITING
from .assignment_rules import LONG_AGO, Candidate, choose

ASSIGN_BATCH = 100
MINUTE = timedelta(minutes=1)
MOST_NAMED = 5  # tickets in a notification


class ServiceAssignmentMixin(models.AbstractModel):
    """Tickets find their agent by turn, load, skills, capacity, hours and absence, and say why."""

    _name = "service.assignment.mixin"
    _description = "Ticket that Finds its Agent"

    assignment_note = fields.Char("Why this Agent", readonly=True, copy=False, groups="base.group_user")

    def _plan_assignment(self):
        if self.filtered(lambda ticket: not ticket.user_id and ticket.team_id.assignment != "manual"):
            # sudo: only the system may touch crons
            self.env.ref("crm_service_desk.ir_cron_assign").sudo()._trigger()

    @api.model
    def _cron_assign(self):
        """Take tickets from agents who are away, then give each without an agent to somebody who can take it."""
        self._find_of_absent()._take_from_absent()
        last = 0
        while tickets := self._find_unassigned(last):
            last = tickets[-1].id
            tickets._assign()
            if not self.env["ir.cron"]._commit_progress(len(tickets), remaining=len(self._find_unassigned(last))):
                return

    @api.model
    def _get_automatic_domain(self):
        return Domain("date_closed", "=", False) & Domain("team_id.assignment", "!=", "manual")

    @api.model
    def _find_unassigned(self, after):
        domain = self._get_automatic_domain() & Domain("user_id", "=", False) & Domain("id", ">", after)
        return self.search(domain, limit=ASSIGN_BATCH, order="id")

    # ---- absence

    @api.model
    def _find_of_absent(self):
        """Tickets that somebody works on who is away now; what waits for others can wait for him too."""
        domain = self._get_automatic_domain() & Domain("team_id.reassigns_absent", "=", True)
        domain &= Domain("user_id", "!=", False) & Domain("category", "not in", WAITING + DONE)
        users = self.env["res.users"].browse(user.id for (user,) in self._read_group(domain, ["user_id"]))
        absent = self._get_absent(users)
        return self.search(domain & Domain("user_id", "in", absent.ids)) if absent else self.browse()

    def _take_from_absent(self):
        for user, tickets in self.grouped("user_id").items():
            tickets.write({"user_id": False, "assignment_note": False})
            text = self.env._("%(agent)s is away: the ticket looks for another agent.", agent=user.name)
            tickets._message_log_batch(dict.fromkeys(tickets.ids, text))

    @api.model
    def _get_absent(self, users):
        """Those with a leave of their own at this moment."""
        now = fields.Datetime.now()
        # sudo: leaves are private; only whether somebody is there is used
        leave = self.env["resource.calendar.leaves"].sudo()
        leaves = leave.search(
            [
                ("resource_id.user_id", "in", users.ids),
                ("time_type", "=", "leave"),
                ("date_from", "<=", now),
                ("date_to", ">", now),
            ]
        )
        return users & leaves.resource_id.user_id

    @api.model
    def _get_off_duty(self, users):
        """Those whose working hours it is not; who has no hours is always there."""
        now = fields.Datetime.now().replace(tzinfo=UTC)
        off = users.browse()
        # sudo: as above
        for calendar, some in users.sudo().grouped("resource_calendar_id").items():
            if calendar and not calendar._work_intervals_batch(now, now + MINUTE)[False]:
                off += some
        return users.browse(off.ids)

    # ---- choice

    def _assign(self):
        """Give each of these tickets to a member of its team, and say why; what nobody can take stays."""
        for team, tickets in self.grouped("team_id").items():
            # Two servers that assign at once would both take the next in turn.
            if team.try_lock_for_update():
                tickets._assign_in(team)

    def _assign_in(self, team):
        candidates = self._get_candidates(team)
        now = fields.Datetime.now()
        given, notes = {}, {}
        for number, ticket in enumerate(self.sorted(lambda ticket: (-int(ticket.priority), ticket.id))):
            choice = choose(candidates, team.assignment, frozenset(ticket.category_id._get_skills().ids))
            if choice.candidate:
                choice.candidate.load += 1
                choice.candidate.date_last = now + timedelta(microseconds=number)
                given.setdefault(choice.candidate.key, self.browse())
                given[choice.candidate.key] += ticket
                notes[ticket] = self._explain(choice)
        for user_id, tickets in given.items():
            # One word about all of them instead of a message about each.
            tickets.with_context(mail_auto_subscribe_no_notify=True).user_id = user_id
            tickets.user_id._bus_send(
                "simple_notification",
                {
                    "type": "info",
                    "message": self.env._(
                        "Assigned to you: %(tickets)s", tickets=", ".join(tickets[:MOST_NAMED].mapped("number"))
                    ),
                },
            )
        for ticket, note in notes.items():
            ticket.assignment_note = note
        self.env["service.agent"]._note_assigned([*given], now)

    def _get_candidates(self, team):
        """The members of a team with what they have in hand, found with a few queries for all of them."""
        members = team.member_ids
        away = self._get_absent(members)
        off = self._get_off_duty(members) if team.assigns_in_hours else members.browse()
        domain = [("user_id", "in", members.ids), ("date_closed", "=", False)]
        loads = dict(self._read_group(domain, ["user_id"], ["__count"]))
        agents = {agent.user_id: agent for agent in self.env["service.agent"].search([("user_id", "in", members.ids)])}
        nobody = self.env["service.agent"]
        return [
            Candidate(
                user.id,
                user.name,
                load=loads.get(user, 0),
                capacity=agents.get(user, nobody).capacity,
                skills=frozenset(agents.get(user, nobody).skill_ids.ids),
                date_last=agents.get(user, nobody).date_last_assigned or LONG_AGO,
                is_away=user in away,
                is_off=user in off,
            )
            for user in members
        ]

    def _explain(self, choice):
        reasons = {
            "load": self.env._("the least in hand"),
            "round_robin": self.env._("next in turn"),
            "away": self.env._("away"),
            "off": self.env._("off duty"),
            "full": self.env._("has enough"),
            "skills": self.env._("lacks a skill"),
        }
        others = ", ".join(f"{name}: {reasons[reason]}" for name, reason in choice.refused)
        text = f"{choice.candidate.name}: {reasons[choice.reason]}"
        return f"{text} ({others})" if others else text
