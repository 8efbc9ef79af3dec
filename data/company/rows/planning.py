"""mail_activity and calendar_event: what salespeople have planned on open deals."""

from datetime import timedelta

TABLES = ("mail_activity", "calendar_event", "calendar_attendee")
ACTIVITY_COLUMNS = "id int, deal_id int, name text, user_id int, type_id int, summary text, deadline date, at timestamp"
MEETING_COLUMNS = "id int, deal_id int, name text, user_id int, partner_id int, contact_id int, at timestamp"
# Of a hundred open deals, so many have a next step.
PLANNED_SHARE = 0.6
SUMMARIES = ("Call about the offer", "Send the catalogue", "Ask for the decision", "Arrange a visit")


def write(writer, story, context):
    rng = context.stream("planning")
    open_deals = [deal for deal in story.deals if deal.status == "pending"]
    # The cursor is busy while COPY reads the rows: ids are asked for before.
    writer.stage(
        "g_activity", ACTIVITY_COLUMNS, _activities(open_deals, story, context, rng, writer.next_id("mail_activity"))
    )
    writer.stage("g_meeting", MEETING_COLUMNS, _meetings(story, context, rng, writer.next_id("calendar_event")))
    audit = {"create_uid": "g.user_id", "write_uid": "g.user_id", "create_date": "g.at", "write_date": "g.at"}
    writer.clone(
        "mail_activity", "activity", "g_activity", id="g.id", res_id="g.deal_id", res_name="g.name",
        user_id="g.user_id", activity_type_id="g.type_id", summary="g.summary", date_deadline="g.deadline",
        automated="FALSE", **audit,
    )  # fmt: skip
    writer.clone(
        "calendar_event", "meeting", "g_meeting", id="g.id", name="g.name", user_id="g.user_id", start="g.at",
        stop="g.at + interval '1 hour'", opportunity_id="g.deal_id", res_id="g.deal_id",
        res_model="'crm.lead'", res_model_id=str(context.lead_model_id), description="NULL", **audit,
    )  # fmt: skip
    _write_attendees(writer, audit)
    writer.advance(*TABLES)


def _activities(deals, story, context, rng, first_id):
    for number, deal in enumerate(deals, start=first_id):
        if rng.random() < PLANNED_SHARE:
            deadline = story.clock.today + timedelta(days=round(rng.gauss(3, 6)))
            yield (
                number, deal.id, deal.name, deal.seller.user_id, rng.choice(context.activity_types),
                rng.choice(SUMMARIES), deadline, deal.last_moved,
            )  # fmt: skip


def _meetings(story, context, rng, first_id):
    """Visits during the life of deals; those of open ones may lie ahead."""
    known = [deal for deal in story.deals if deal.customer]
    for number in range(first_id, first_id + context.size.meetings):
        deal = rng.choice(known)
        end = deal.closed or story.clock.now + timedelta(days=14)
        at = deal.created + rng.random() * (end - deal.created)
        at = at.replace(hour=rng.randrange(8, 16), minute=0, second=0, microsecond=0)
        yield (
            number, deal.id, f"Visit: {deal.name}", deal.seller.user_id, deal.seller.partner_id, deal.contact.id, at
        )  # fmt: skip


def _write_attendees(writer, audit):
    source = """(SELECT m.id AS event_id, m.user_id, m.at, p.id AS partner_id, p.name FROM g_meeting m
                   JOIN res_partner p ON p.id IN (m.partner_id, m.contact_id))"""
    first = writer.next_id("calendar_attendee")
    number = "row_number() OVER (ORDER BY g.event_id, g.partner_id)"
    writer.clone(
        "calendar_attendee", "attendee", source, id=f"{first} + {number}", event_id="g.event_id",
        partner_id="g.partner_id", common_name="g.name", state="'accepted'",
        access_token="md5('attendee' || g.event_id || '-' || g.partner_id)", **audit,
    )  # fmt: skip
    writer.link(
        "calendar_event_res_partner_rel", "calendar_event_id, res_partner_id",
        "SELECT id, partner_id FROM g_meeting UNION SELECT id, contact_id FROM g_meeting",
    )  # fmt: skip
