import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDate } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";

import { CustomerTimeline } from "../customer_timeline/customer_timeline";

const { DateTime } = luxon;
const LIGHTS = {
    ok: { color: "success", icon: "fa-check" },
    watch: { color: "warning", icon: "fa-exclamation" },
    stop: { color: "danger", icon: "fa-ban" },
};

/** All about one customer: how he stands, what is open, what is planned, and what has been. */
export class CustomerOverview extends Component {
    static template = "crm_frontoffice.CustomerOverview";
    static components = { CustomerTimeline };
    static props = {
        partnerId: Number,
        onCustomerKnown: { type: Function, optional: true },
    };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.lights = LIGHTS;
        this.state = useState({ overview: null, version: 0 });
        this.request = 0;
        onWillStart(() => this.load(this.props.partnerId));
        onWillUpdateProps((props) => props.partnerId !== this.props.partnerId && this.load(props.partnerId));
    }

    async load(partnerId = this.props.partnerId) {
        const request = ++this.request;
        const overview = await this.orm.call("res.partner", "get_customer_overview", [[partnerId]]);
        if (request !== this.request) {
            return; // the reader has gone on to the next customer
        }
        this.state.overview = overview;
        this.state.version++;
        this.props.onCustomerKnown?.(overview.customer.name);
    }

    /** Whether there is anything beside the history; of a new customer there is not. */
    get hasFacts() {
        return ["activities", "sections", "people", "relations", "campaigns", "documents"].some(
            (part) => this.state.overview[part].length
        );
    }

    formatDate(date) {
        return date ? deserializeDate(date).toLocaleString(DateTime.DATE_MED) : "";
    }

    formatAmount(amount, currencyId) {
        return formatMonetary(amount, { currencyId });
    }

    formatTotals(section) {
        return section.totals.map(({ amount, currency_id }) => this.formatAmount(amount, currency_id)).join(" + ");
    }

    phoneHref(phone) {
        return `tel:${phone.replace(/\s+/g, "")}`;
    }

    openRecord(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }

    async openCustomer(id) {
        return this.action.doAction(await this.orm.call("res.partner", "action_open_overview", [[id]]));
    }

    async openSection(key) {
        return this.action.doAction(
            await this.orm.call("res.partner", "action_open_section", [[this.props.partnerId], key])
        );
    }

    openFile(id) {
        return this.action.doAction({ type: "ir.actions.act_url", url: `/web/content/${id}?download=true` });
    }

    async logContact(partnerId = this.props.partnerId) {
        const action = await this.orm.call("crm.interaction", "action_log", ["res.partner", partnerId]);
        return this.action.doAction(action, { onClose: () => this.load() });
    }

    scheduleActivity() {
        return this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Plan a next step"),
                res_model: "mail.activity.schedule",
                views: [[false, "form"]],
                target: "new",
                context: { active_model: "res.partner", active_id: this.props.partnerId, active_ids: [this.props.partnerId] },
            },
            { onClose: () => this.load() }
        );
    }
}
