import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

/** Customers side by side, one column each; a click on a value says that it stays. */
export class CustomerComparison extends Component {
    static template = "crm_frontoffice.CustomerComparison";
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
    }

    get comparison() {
        return this.props.record.data[this.props.name] || { columns: [], rows: [] };
    }

    documents(column) {
        return Object.entries(column.documents);
    }

    choose(row, value) {
        if (!this.mayChoose || !value.text || value.id === row.chosen) {
            return;
        }
        const rows = this.comparison.rows.map((other) =>
            other.name === row.name ? { ...other, chosen: value.id, picked: true } : other
        );
        this.props.record.update({ [this.props.name]: { ...this.comparison, rows } });
    }

    get mayChoose() {
        return !this.props.readonly && this.props.record.data.is_merge_allowed;
    }

    keep(column) {
        this.props.record.update({ target_id: { id: column.id, display_name: column.name } });
    }

    open(column) {
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "res.partner",
            res_id: column.id,
            views: [[false, "form"]],
            target: "new",
        });
    }
}

registry.category("fields").add("customer_comparison", {
    component: CustomerComparison,
    supportedTypes: ["json"],
});
