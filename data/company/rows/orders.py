"""sale_order and sale_order_line: quotations, orders, and how far they are delivered and invoiced."""

TABLES = ("sale_order", "sale_order_line", "account_tax_sale_order_line_rel")

ORDER_COLUMNS = """
    id int, name text, state text, partner_id int, partner_name text, commercial_id int, user_id int, team_id int,
    deal_id int, source_id int, medium_id int, campaign_id int, ordered timestamp, untaxed numeric, tax numeric,
    term_id int, fiscal_position_id int, tax_id int, promised timestamp, delivered timestamp, has_goods bool,
    picking_id int, picking_name text, invoice_id int, invoice_name text, invoice_number int, invoiced date, due date,
    payment_id int, payment_move_id int, payment_name text, payment_number int, paid date, paid_amount numeric
"""
LINE_COLUMNS = """
    id int, order_id int, sequence int, product_id int, label text, quantity numeric, price numeric, discount numeric,
    subtotal numeric, cost numeric, storable bool
"""


def write(writer, story, context):
    writer.stage("g_order", ORDER_COLUMNS, _orders(story, context))
    writer.stage("g_line", LINE_COLUMNS, _lines(story))
    writer.cr.execute("CREATE INDEX ON g_order (id); CREATE INDEX ON g_line (order_id)")
    with writer.bulk(TABLES):
        for specimen, condition in (("order", "state = 'sale'"), ("quotation", "state != 'sale'")):
            _write_orders(writer, specimen, f"(SELECT * FROM g_order WHERE {condition})")
            _write_lines(writer, specimen, condition)
        writer.link(
            "account_tax_sale_order_line_rel", "sale_order_line_id, account_tax_id",
            "SELECT l.id, o.tax_id FROM g_line l JOIN g_order o ON o.id = l.order_id",
        )  # fmt: skip
    writer.advance("sale_order", "sale_order_line")


def _orders(story, context):
    documents = context.documents
    for number, order in enumerate(story.orders, start=context.next_order_number):
        deal, master = order.deal, context.master
        yield (
            order.id, f"S{number:05d}", order.state, order.contact.id, context.full_name(order), order.customer.id,
            order.seller.user_id, master.teams[order.seller.team], deal and deal.id,
            deal and master.sources[deal.source], deal and master.mediums[deal.source],
            master.campaigns[deal.campaign] if deal and deal.campaign is not None else None,
            order.ordered, money(order.cents), money(order.tax_cents), context.term_id(order.customer),
            *context.taxes(order), order.promised, order.delivered,
            "t" if order.has_goods else "f",
            *documents.picking(order), *documents.invoice(order), order.invoiced, order.due,
            *documents.payment(order), order.paid, money(order.paid_cents),
        )  # fmt: skip


def _lines(story):
    for order in story.orders:
        for place, line in enumerate(order.lines):
            product = line.product
            yield (
                line.id, order.id, 10 + place, product.id, product.label, line.quantity, product.price, line.discount,
                money(line.cents), product.cost * line.quantity, "t" if product.storable else "f",
            )  # fmt: skip


def money(cents):
    """Cents as SQL takes them without a rounding of its own.

    >>> money(1205)
    '12.05'
    """
    return f"{cents // 100}.{cents % 100:02d}"


def _write_orders(writer, specimen, source):
    invoice_status = """CASE WHEN g.state != 'sale' THEN 'no' WHEN g.invoice_id IS NULL THEN 'to invoice'
                             ELSE 'invoiced' END"""
    delivery_status = """CASE WHEN g.state != 'sale' OR NOT g.has_goods THEN NULL
                              WHEN g.delivered IS NULL THEN 'pending' ELSE 'full' END"""
    writer.clone(
        "sale_order", specimen, source, id="g.id", name="g.name", state="g.state", partner_id="g.partner_id",
        partner_invoice_id="g.partner_id", partner_shipping_id="g.partner_id", user_id="g.user_id",
        team_id="g.team_id", opportunity_id="g.deal_id", source_id="g.source_id", medium_id="g.medium_id",
        campaign_id="g.campaign_id", payment_term_id="g.term_id", fiscal_position_id="g.fiscal_position_id",
        amount_untaxed="g.untaxed", amount_tax="g.tax", amount_total="g.untaxed + g.tax",
        date_order="g.ordered", create_date="g.ordered", write_date="COALESCE(g.delivered, g.ordered)",
        create_uid="g.user_id", write_uid="g.user_id", validity_date="g.ordered::date + 30",
        invoice_status=invoice_status, delivery_status=delivery_status, effective_date="g.delivered",
        access_token="md5('order' || g.id)::uuid",
    )  # fmt: skip


def _write_lines(writer, specimen, condition):
    source = f"""(SELECT l.*, o.state, o.partner_id, o.user_id, o.ordered, o.delivered, o.invoice_id,
                         CASE WHEN o.tax > 0 THEN 0.15 ELSE 0 END AS rate
                    FROM g_line l JOIN g_order o ON o.id = l.order_id WHERE {condition})"""
    writer.clone(
        "sale_order_line", f"{specimen}_line", source, id="g.id", order_id="g.order_id", sequence="g.sequence",
        order_partner_id="g.partner_id", salesman_id="g.user_id", product_id="g.product_id", name="g.label",
        state="g.state", product_uom_qty="g.quantity", price_unit="g.price", technical_price_unit="g.price",
        discount="g.discount", price_subtotal="g.subtotal", price_tax="g.subtotal * g.rate",
        price_total="g.subtotal * (1 + g.rate)", price_reduce_taxexcl="g.subtotal / g.quantity",
        price_reduce_taxinc="g.subtotal * (1 + g.rate) / g.quantity",
        qty_delivered_method="CASE WHEN g.storable THEN 'stock_move' ELSE 'manual' END",
        qty_delivered="CASE WHEN g.state = 'sale' AND g.delivered IS NOT NULL THEN g.quantity ELSE 0 END",
        qty_invoiced="CASE WHEN g.invoice_id IS NULL THEN 0 ELSE g.quantity END",
        qty_to_invoice="CASE WHEN g.state = 'sale' AND g.invoice_id IS NULL THEN g.quantity ELSE 0 END",
        untaxed_amount_invoiced="CASE WHEN g.invoice_id IS NULL THEN 0 ELSE g.subtotal END",
        untaxed_amount_to_invoice="CASE WHEN g.state = 'sale' AND g.invoice_id IS NULL THEN g.subtotal ELSE 0 END",
        invoice_status="""CASE WHEN g.state != 'sale' THEN 'no' WHEN g.invoice_id IS NULL THEN 'to invoice'
                               ELSE 'invoiced' END""",
        create_date="g.ordered", write_date="g.ordered", create_uid="g.user_id", write_uid="g.user_id",
    )  # fmt: skip
