"""What is looked up while one message comes in: Odoo's gateway asks the same questions several times."""


class MailLookups:
    """Answers by question, for one message. A class of its own: nobody outside can put one into the context.

    >>> lookups, answers = MailLookups(), iter(["Alice", "Bob"])
    >>> lookups.once("who", lambda: next(answers)), lookups.once("who", lambda: next(answers))
    ('Alice', 'Alice')
    """

    KEY = "service_mail_lookups"

    def __init__(self):
        self._answers = {}

    def once(self, question, find):
        if question not in self._answers:
            self._answers[question] = find()
        return self._answers[question]

    @classmethod
    def of(cls, env):
        """Those of the message that is coming in, or none."""
        found = env.context.get(cls.KEY)
        return found if isinstance(found, cls) else None
