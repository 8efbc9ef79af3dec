def migrate(cr, version):
    """The triggers of cubes got names of their own, and the rules of facts follow the levels of sales."""
    for event in ("insert", "update", "delete"):
        cr.execute(f"DROP FUNCTION IF EXISTS crm_fact_invoice_crm_fact_invoice_{event}() CASCADE")
    cr.execute(
        """DELETE FROM ir_rule USING ir_model_data AS data
            WHERE data.model = 'ir.rule' AND data.module = 'crm_analytics' AND data.res_id = ir_rule.id
              AND data.name ~ '^crm_fact_(invoice|invoice_month|deal)_rule_'"""
    )
    cr.execute(
        """DELETE FROM ir_model_data
            WHERE model = 'ir.rule' AND module = 'crm_analytics'
              AND name ~ '^crm_fact_(invoice|invoice_month|deal)_rule_'"""
    )
