"""The texts of a table's rows in a table beside it: one text for each row, under one index for parts of words."""

from odoo.tools import SQL

CREATE = "CREATE TABLE IF NOT EXISTS %(table)s (id int4 PRIMARY KEY, link int4, text text NOT NULL)"
INDEX = "CREATE INDEX IF NOT EXISTS %(index)s ON %(table)s USING gin (text gin_trgm_ops)"
FUNCTION = """
CREATE OR REPLACE FUNCTION %(function)s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF TG_OP = 'DELETE' THEN
        DELETE FROM %(table)s WHERE id = OLD.id;
    ELSE
        INSERT INTO %(table)s AS known (id, link, text) VALUES (NEW.id, %(new_link)s, %(new_text)s)
        ON CONFLICT (id) DO UPDATE SET link = excluded.link, text = excluded.text
                     WHERE (known.link, known.text) IS DISTINCT FROM (excluded.link, excluded.text);
    END IF;
    RETURN NULL;
END $$"""
TRIGGER = """
CREATE OR REPLACE TRIGGER %(function)s AFTER INSERT OR DELETE OR UPDATE OF %(columns)s ON %(source)s
    FOR EACH ROW EXECUTE FUNCTION %(function)s()"""
# Texts of another table came in when the row was written; when they change later, they are replaced.
LINK_FUNCTION = """
CREATE OR REPLACE FUNCTION %(link_function)s() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE %(table)s known SET text = split_part(known.text, E'\\n', 1) || E'\\n' || NEW.text
      FROM %(source)s source WHERE source.%(link)s = NEW.id AND known.id = source.id;
    RETURN NULL;
END $$"""
LINK_TRIGGER = """
CREATE OR REPLACE TRIGGER %(link_function)s AFTER UPDATE OF text ON %(linked)s
    FOR EACH ROW WHEN (OLD.text <> NEW.text) EXECUTE FUNCTION %(link_function)s()"""
FILL = """
INSERT INTO %(table)s AS known (id, link, text)
SELECT source.id, %(source_link)s, %(text)s FROM %(source)s source WHERE source.write_date >= %(since)s
ON CONFLICT (id) DO UPDATE SET link = excluded.link, text = excluded.text
             WHERE (known.link, known.text) IS DISTINCT FROM (excluded.link, excluded.text)"""
SWEEP = "DELETE FROM %(table)s known WHERE NOT EXISTS (SELECT FROM %(source)s source WHERE source.id = known.id)"
EVER = "-infinity"
DEFINITION = "SELECT obj_description(to_regclass(%s), 'pg_class')"


class TextTable:
    """Texts without accents and capitals: those of the row with the digits of its telephone numbers, in one line.

    A second line has the texts of the linked row, whose id stands in `link`. Triggers keep it on every path, raw SQL
    among them.

    :param source: the table that has the columns
    :param columns: names of columns with texts
    :param phones: names of columns with telephone numbers
    :param link: a column that refers to the rows of the text table `linked`
    """

    def __init__(self, source, columns, phones=(), link=None, linked=None):
        self.source, self.columns, self.phones, self.link, self.linked = source, columns, phones, link, linked
        self.name = f"crm_text_{source}"

    def prepare(self, env):
        """Make the table with its triggers, and fill it; nothing to do when it is as it should be."""
        parts = self._get_parts(env)
        definition = " ".join([*self._get_columns(), str(env.registry.has_unaccent)])
        [(known,)] = env.execute_query(SQL(DEFINITION, self.name))
        if known == definition:
            return
        for statement in (CREATE, FUNCTION, TRIGGER, *([LINK_FUNCTION, LINK_TRIGGER] if self.link else [])):
            env.cr.execute(SQL(statement, **parts))
        if env.registry.has_trigram:
            env.cr.execute(SQL(INDEX, **parts))
        self.fill(env)
        env.cr.execute(SQL("COMMENT ON TABLE %s IS %s", SQL.identifier(self.name), definition))

    def fill(self, env, since=EVER):
        """Bring texts up to date, such as after rows were written while triggers rested."""
        parts = self._get_parts(env) | {"since": since}
        env.cr.execute(SQL(FILL, **parts))
        env.cr.execute(SQL(SWEEP, **parts))

    def drop(self, env):
        """Take away the table, and what keeps it."""
        for function in (f"{self.name}_keep", f"{self.name}_follow"):
            env.cr.execute(SQL("DROP FUNCTION IF EXISTS %s() CASCADE", SQL.identifier(function)))
        env.cr.execute(SQL("DROP TABLE IF EXISTS %s", SQL.identifier(self.name)))

    def _get_columns(self):
        return [*self.columns, *self.phones, *([self.link] if self.link else [])]

    def _get_parts(self, env):
        return {
            "table": SQL.identifier(self.name),
            "source": SQL.identifier(self.source),
            "index": SQL.identifier(f"{self.name}_part_idx"),
            "function": SQL.identifier(f"{self.name}_keep"),
            "link_function": SQL.identifier(f"{self.name}_follow"),
            "link": SQL.identifier(self.link or "id"),
            "new_link": SQL.identifier("new", self.link) if self.link else SQL("NULL"),
            "source_link": SQL.identifier("source", self.link) if self.link else SQL("NULL"),
            "linked": SQL.identifier(self.linked or self.name),
            "columns": SQL(", ").join(map(SQL.identifier, self._get_columns())),
            "text": self._get_text(env, "source"),
            "new_text": self._get_text(env, "new"),
        }

    def _get_text(self, env, row):
        columns = [SQL("%s::text", SQL.identifier(row, column)) for column in self.columns]
        digits = [SQL("regexp_replace(%s, '[^0-9]', '', 'g')", SQL.identifier(row, phone)) for phone in self.phones]
        joined = SQL("concat_ws(' ', %s)", SQL(", ").join(columns + digits))
        own = SQL("lower(%s)", env.registry.unaccent(joined))
        if not self.link:
            return own
        linked, link = SQL.identifier(self.linked), SQL.identifier(row, self.link)
        return SQL(
            "translate(%s, E'\\n', ' ') || E'\\n' || coalesce((SELECT text FROM %s WHERE id = %s), '')",
            own,
            linked,
            link,
        )
