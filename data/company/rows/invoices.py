"""account_move with its lines, the payments with their own moves, and the reconciliation between both."""

TABLES = (
    "account_move", "account_move_line", "account_payment", "account_partial_reconcile", "account_full_reconcile",
    "account_move_line_account_tax_rel", "sale_order_line_invoice_rel", "account_move__account_payment",
)  # fmt: skip
INVOICES = "(SELECT *, untaxed + tax AS total, untaxed + tax - paid_amount AS residual FROM g_order WHERE {})"
# The texts of a full and of a partial match; the number of a match follows that of the payment.
MATCHING = "CASE WHEN g.residual = 0 THEN g.match_id::text ELSE 'P' || g.match_id END"


def write(writer, story, context):
    writer.cr.execute(
        f"""CREATE TEMP TABLE g_invoice AS SELECT i.*,
                   CASE WHEN payment_id IS NOT NULL
                        THEN {writer.next_id("account_partial_reconcile")} + row_number() OVER (ORDER BY payment_id)
                    END AS match_id
              FROM {INVOICES.format("invoice_id IS NOT NULL")} i"""
    )
    writer.cr.execute("CREATE INDEX ON g_invoice (id)")
    with writer.bulk(TABLES):
        _write_moves(writer)
        first = context.first_ids["account_move_line"]
        _write_product_lines(writer, context, first)
        for specimen, source in (("invoice_tax", "WHERE tax > 0"), ("invoice_payment_term", "")):
            first = writer.next_id("account_move_line")
            _write_other_line(writer, specimen, f"(SELECT * FROM g_invoice {source})", first)
        _write_payments(writer)
    writer.advance(*TABLES[:5])


def _write_moves(writer):
    audit = {
        "create_uid": "g.user_id",
        "write_uid": "g.user_id",
        "create_date": "g.invoiced",
        "write_date": "g.invoiced",
    }
    writer.clone(
        "account_move", "invoice", "g_invoice", id="g.invoice_id", name="g.invoice_name",
        payment_reference="g.invoice_name", sequence_prefix="'INV/' || extract(year FROM g.invoiced) || '/'",
        sequence_number="g.invoice_number", partner_id="g.partner_id", commercial_partner_id="g.commercial_id",
        partner_shipping_id="g.partner_id", invoice_partner_display_name="g.partner_name", ref="g.name",
        invoice_origin="g.name", invoice_user_id="g.user_id", team_id="g.team_id", source_id="g.source_id",
        medium_id="g.medium_id", campaign_id="g.campaign_id", fiscal_position_id="g.fiscal_position_id",
        invoice_payment_term_id="g.term_id", date="g.invoiced", invoice_date="g.invoiced", invoice_date_due="g.due",
        delivery_date="g.delivered::date", amount_untaxed="g.untaxed", amount_tax="g.tax", amount_total="g.total",
        amount_untaxed_signed="g.untaxed", amount_untaxed_in_currency_signed="g.untaxed", amount_tax_signed="g.tax",
        amount_total_signed="g.total", amount_total_in_currency_signed="g.total", amount_residual="g.residual",
        amount_residual_signed="g.residual", access_token="md5('invoice' || g.id)::uuid",
        payment_state="CASE WHEN g.residual = 0 THEN 'paid' WHEN g.paid_amount > 0 THEN 'partial' ELSE 'not_paid' END",
        **audit,
    )  # fmt: skip
    writer.clone(
        "account_move", "payment_move", "(SELECT * FROM g_invoice WHERE payment_id IS NOT NULL)",
        id="g.payment_move_id", name="g.payment_name",
        sequence_prefix="regexp_replace(g.payment_name, '[0-9]+$', '')", sequence_number="g.payment_number",
        origin_payment_id="g.payment_id", partner_id="g.commercial_id", commercial_partner_id="g.commercial_id",
        fiscal_position_id="g.fiscal_position_id", ref="g.invoice_name",
        invoice_partner_display_name="(SELECT complete_name FROM res_partner p WHERE p.id = g.commercial_id)",
        date="g.paid", amount_total="g.paid_amount", amount_total_signed="g.paid_amount",
        amount_total_in_currency_signed="g.paid_amount", **audit,
    )  # fmt: skip


def _write_product_lines(writer, context, first):
    offset = first - context.first_ids["sale_order_line"]
    source = """(SELECT l.id AS line_id, l.sequence AS place, l.product_id, l.label, l.quantity, l.price, l.discount,
                        l.subtotal, i.* FROM g_line l JOIN g_invoice i ON i.id = l.order_id)"""
    writer.clone(
        "account_move_line", "invoice_product", source, id=f"g.line_id + {offset}", sequence="g.place - 10",
        product_id="g.product_id", name="g.label", quantity="g.quantity", price_unit="g.price", discount="g.discount",
        price_subtotal="g.subtotal", price_total="g.subtotal * CASE WHEN g.tax > 0 THEN 1.15 ELSE 1 END",
        credit="g.subtotal", balance="-g.subtotal", amount_currency="-g.subtotal", **_line(),
    )  # fmt: skip
    lines = "SELECT l.id + {0}, {1} FROM g_line l JOIN g_invoice i ON i.id = l.order_id"
    writer.link(
        "account_move_line_account_tax_rel", "account_move_line_id, account_tax_id", lines.format(offset, "i.tax_id")
    )
    writer.link("sale_order_line_invoice_rel", "invoice_line_id, order_line_id", lines.format(offset, "l.id"))


def _line():
    """What all lines of an invoice share."""
    return {
        "move_id": "g.invoice_id", "move_name": "g.invoice_name", "partner_id": "g.commercial_id", "ref": "g.name",
        "date": "g.invoiced", "invoice_date": "g.invoiced", "create_uid": "g.user_id", "write_uid": "g.user_id",
        "create_date": "g.invoiced", "write_date": "g.invoiced",
    }  # fmt: skip


def _write_other_line(writer, specimen, source, first):
    if specimen == "invoice_tax":
        values = {
            "credit": "g.tax", "balance": "-g.tax", "amount_currency": "-g.tax", "tax_base_amount": "-g.untaxed"
        }  # fmt: skip
    else:
        values = {
            "name": "g.name || ' - ' || g.invoice_name", "debit": "g.total", "balance": "g.total",
            "amount_currency": "g.total", "date_maturity": "g.due", "amount_residual": "g.residual",
            "amount_residual_currency": "g.residual", "reconciled": "g.residual = 0",
            "full_reconcile_id": "CASE WHEN g.residual = 0 THEN g.match_id END",
            "matching_number": f"CASE WHEN g.match_id IS NOT NULL THEN {MATCHING} END",
        }  # fmt: skip
    writer.clone(
        "account_move_line", specimen, source, id=f"{first} + row_number() OVER (ORDER BY g.id)", **_line(), **values
    )


def _write_payments(writer):
    paid = "(SELECT * FROM g_invoice WHERE payment_id IS NOT NULL)"
    audit = {"create_uid": "g.user_id", "write_uid": "g.user_id", "create_date": "g.paid", "write_date": "g.paid"}
    writer.clone(
        "account_payment", "payment", paid, id="g.payment_id", move_id="g.payment_move_id", name="g.payment_name",
        state="CASE WHEN g.residual = 0 THEN t.state ELSE 'in_process' END",
        partner_id="g.commercial_id", memo="g.invoice_name", date="g.paid", amount="g.paid_amount",
        amount_company_currency_signed="g.paid_amount", **audit,
    )  # fmt: skip
    writer.link(
        "account_move__account_payment", "invoice_id, payment_id",
        "SELECT invoice_id, payment_id FROM g_invoice WHERE payment_id IS NOT NULL",
    )  # fmt: skip
    line = {
        "move_id": "g.payment_move_id", "move_name": "g.payment_name", "partner_id": "g.commercial_id",
        "ref": "g.invoice_name", "name": "'Manual Payment: ' || g.invoice_name", "date": "g.paid",
        "date_maturity": "g.paid", "payment_id": "g.payment_id", **audit,
    }  # fmt: skip
    bank, receivable = (f"{writer.next_id('account_move_line')} + 2 * row_number() OVER (ORDER BY g.id) {part}"
                        for part in ("", "+ 1"))  # fmt: skip
    amount = "g.paid_amount"
    writer.clone(
        "account_move_line", "payment_bank", paid, id=bank, debit=amount, balance=amount, amount_currency=amount,
        amount_residual=amount, amount_residual_currency=amount, price_subtotal=amount, price_total=amount, **line,
    )  # fmt: skip
    writer.clone(
        "account_move_line", "payment_receivable", paid, id=receivable, credit=amount, balance=f"-{amount}",
        amount_currency=f"-{amount}", price_subtotal=f"-{amount}", price_total=f"-{amount}",
        full_reconcile_id="CASE WHEN g.residual = 0 THEN g.match_id END", matching_number=MATCHING, **line,
    )  # fmt: skip
    _write_matches(writer, audit)


def _write_matches(writer, audit):
    source = """(SELECT i.*, debit.id AS debit_id, credit.id AS credit_id FROM g_invoice i
                   JOIN account_move_line debit ON debit.move_id = i.invoice_id
                        AND debit.display_type = 'payment_term'
                   JOIN account_move_line credit ON credit.move_id = i.payment_move_id AND credit.credit > 0)"""
    amount = "g.paid_amount"
    writer.clone(
        "account_full_reconcile", "full", "(SELECT * FROM g_invoice WHERE match_id IS NOT NULL AND residual = 0)",
        id="g.match_id", **audit,
    )  # fmt: skip
    writer.clone(
        "account_partial_reconcile", "partial", source, id="g.match_id", debit_move_id="g.debit_id",
        credit_move_id="g.credit_id", full_reconcile_id="CASE WHEN g.residual = 0 THEN g.match_id END",
        max_date="greatest(g.paid, g.invoiced)", amount=amount, debit_amount_currency=amount,
        credit_amount_currency=amount, **audit,
    )  # fmt: skip
