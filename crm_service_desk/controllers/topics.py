"""What a form asks about a ticket's topic, and what came back; the same with and without a login."""

from ..models.ticket.form_answers import list_questions, read_answers


def find_topics(env):
    """The topics among which outsiders choose."""
    # sudo: they have no right on topics, and see those that are published
    return env["service.category"].sudo().search([("is_published", "=", True)])


def prepare_topics(env):
    """What `crm_service_desk.ticket_topics` shows."""
    topics = find_topics(env)
    return {
        "topics": topics,
        "questions": {topic.id: list_questions(topic.properties_definition) for topic in topics},
        "form": {},
    }


def read_topic(env, category_id, form):
    """The chosen topic, the answers about it, and the labels of what was not understood."""
    topic = find_topics(env).filtered(lambda topic: str(topic.id) == category_id)
    return topic, *read_answers(topic.properties_definition, form)
