"""stock_picking, stock_move, stock_move_line and the stock that is left."""

TABLES = (
    "stock_picking", "stock_move", "stock_move_line", "stock_reference", "stock_reference_sale_rel",
    "stock_reference_move_rel",
)  # fmt: skip
PICKINGS = "(SELECT * FROM g_order WHERE picking_id IS NOT NULL AND delivered IS {} NULL)"
MOVES = """(SELECT l.*, o.partner_id, o.user_id, o.name AS order_name, o.picking_id, o.picking_name, o.ordered,
                   o.promised, COALESCE(o.delivered, o.promised) AS moved, {first} + row_number() OVER () AS move_id
              FROM g_line l JOIN g_order o ON o.id = l.order_id
             WHERE l.storable AND o.picking_id IS NOT NULL AND o.delivered IS {condition} NULL)"""


def write(writer, story, context):
    with writer.bulk(TABLES):
        _write_references(writer)
        for state, condition in (("done", "NOT"), ("ready", "")):
            _write_pickings(writer, state, PICKINGS.format(condition))
            _write_moves(writer, state, MOVES.format(first=writer.next_id("stock_move"), condition=condition))
        writer.link(
            "stock_reference_move_rel", "move_id, reference_id",
            """SELECT m.id, r.reference_id FROM stock_move m JOIN g_line l ON l.id = m.sale_line_id
                 JOIN stock_reference_sale_rel r ON r.sale_id = l.order_id""",
        )  # fmt: skip
    _write_quants(writer)
    writer.advance("stock_picking", "stock_move", "stock_move_line", "stock_reference", "stock_quant")


def _write_references(writer):
    first = writer.next_id("stock_reference")
    writer.cr.execute(
        f"""CREATE TEMP TABLE g_reference AS
            SELECT {first} + row_number() OVER (ORDER BY id) AS id, id AS order_id, name, ordered FROM g_order
             WHERE picking_id IS NOT NULL"""
    )
    writer.clone(
        "stock_reference", "stock_reference", "g_reference", id="g.id", name="g.name", create_date="g.ordered",
        write_date="g.ordered",
    )  # fmt: skip
    writer.link("stock_reference_sale_rel", "sale_id, reference_id", "SELECT order_id, id FROM g_reference")


def _write_pickings(writer, state, source):
    writer.clone(
        "stock_picking", f"picking_{state}", source, id="g.picking_id", name="g.picking_name", origin="g.name",
        partner_id="g.partner_id", sale_id="g.id", scheduled_date="g.promised", date_deadline="g.promised",
        date_done="g.delivered", create_date="g.ordered", write_date="COALESCE(g.delivered, g.ordered)",
        create_uid="g.user_id", write_uid="g.user_id",
    )  # fmt: skip


def _write_moves(writer, state, source):
    common = {"create_date": "g.ordered", "write_date": "g.moved", "create_uid": "g.user_id", "write_uid": "g.user_id"}
    writer.cr.execute(f"CREATE TEMP TABLE g_move_{state} AS {source[1:-1]}")
    writer.clone(
        "stock_move", f"move_{state}", f"g_move_{state}", id="g.move_id", picking_id="g.picking_id",
        sale_line_id="g.id", product_id="g.product_id", partner_id="g.partner_id", origin="g.order_name",
        reference="g.picking_name", sequence="g.sequence", product_qty="g.quantity", product_uom_qty="g.quantity",
        quantity="g.quantity", packaging_uom_qty="g.quantity", date="g.moved", date_deadline="g.promised",
        reservation_date="g.ordered::date", value="g.cost" if state == "done" else "t.value", **common,
    )  # fmt: skip
    first = writer.next_id("stock_move_line")
    writer.clone(
        "stock_move_line", f"move_line_{state}", f"g_move_{state}", id=f"{first} + row_number() OVER ()",
        move_id="g.move_id", picking_id="g.picking_id", product_id="g.product_id", quantity="g.quantity",
        quantity_product_uom="g.quantity", date="g.moved", **common,
    )  # fmt: skip


def _write_quants(writer):
    """What customers have got, and what is left: about a quarter's demand on top of what is reserved."""
    first = writer.next_id("stock_quant")
    demand = """SELECT product_id, SUM(quantity) FILTER (WHERE done) AS done,
                       COALESCE(SUM(quantity) FILTER (WHERE NOT done), 0) AS reserved
                  FROM (SELECT product_id, quantity, TRUE AS done FROM g_move_done
                        UNION ALL SELECT product_id, quantity, FALSE FROM g_move_ready) moves GROUP BY product_id"""
    writer.clone(
        "stock_quant", "quant_stock", f"({demand})", id=f"{first} + row_number() OVER (ORDER BY g.product_id)",
        product_id="g.product_id", quantity="g.reserved + 10 + round(COALESCE(g.done, 0) / 12)",
        reserved_quantity="g.reserved",
    )  # fmt: skip
    first = writer.next_id("stock_quant")
    writer.clone(
        "stock_quant", "quant_customer", f"(SELECT * FROM ({demand}) d WHERE done > 0)",
        id=f"{first} + row_number() OVER (ORDER BY g.product_id)", product_id="g.product_id", quantity="g.done",
    )  # fmt: skip
