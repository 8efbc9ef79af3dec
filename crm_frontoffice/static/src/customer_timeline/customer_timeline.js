import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;
const PAGE_SIZE = 30;

/** The history with one customer: everybody's events on one line of time, newest first. */
export class CustomerTimeline extends Component {
    static template = "crm_frontoffice.CustomerTimeline";
    static props = { partnerId: Number, onCustomerKnown: { type: Function, optional: true } };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.kinds = [
            ["message", _t("Messages")],
            ["contact", _t("Calls and Meetings")],
            ["deal", _t("Deals")],
            ["order", _t("Orders")],
            ["delivery", _t("Deliveries")],
            ["invoice", _t("Invoices")],
            ["campaign", _t("Campaigns")],
            ["ticket", _t("Tickets")],
        ];
        this.state = useState({ events: [], cursor: false, selected: [], isLoading: true });
        this.request = 0;
        onWillStart(() => this.reload(this.props.partnerId));
        onWillUpdateProps((props) => {
            if (props.partnerId !== this.props.partnerId) {
                return this.reload(props.partnerId);
            }
        });
    }

    async reload(partnerId) {
        this.state.events = [];
        this.state.cursor = false;
        await this.load(partnerId);
    }

    async load(partnerId = this.props.partnerId) {
        const request = ++this.request;
        this.state.isLoading = true;
        try {
            const page = await this.orm.call("res.partner", "get_customer_timeline", [[partnerId]], {
                cursor: this.state.cursor || null,
                limit: PAGE_SIZE,
                kinds: this.state.selected.length ? this.state.selected : null,
            });
            // Whoever clicks two filters quickly gets the answer to the second one only.
            if (request === this.request) {
                this.state.events.push(...page.events);
                this.state.cursor = page.cursor;
                this.props.onCustomerKnown?.(page.customer);
            }
        } finally {
            if (request === this.request) {
                this.state.isLoading = false;
            }
        }
    }

    async toggle(kind) {
        const { selected } = this.state;
        if (selected.includes(kind)) {
            selected.splice(selected.indexOf(kind), 1);
        } else {
            selected.push(kind);
        }
        await this.reload(this.props.partnerId);
    }

    /** Events under one heading per month. */
    get months() {
        const months = [];
        for (const event of this.state.events) {
            const date = deserializeDateTime(event.date);
            const title = date.toLocaleString({ month: "long", year: "numeric" });
            if (!months.length || months.at(-1).title !== title) {
                months.push({ title, events: [] });
            }
            months.at(-1).events.push({ ...event, date });
        }
        return months;
    }

    formatDate(date) {
        return date.toLocaleString(DateTime.DATE_MED);
    }

    formatTime(date) {
        return date.toLocaleString(DateTime.TIME_SIMPLE);
    }

    formatAmount(event) {
        return formatMonetary(event.amount, { currencyId: event.currency_id });
    }

    describe(event) {
        const { from, to, subject } = event.details;
        return from && to ? `${from} → ${to}` : subject || "";
    }

    open(event) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: event.model,
            res_id: event.res_id,
            views: [[false, "form"]],
        });
    }
}

/** The timeline on a customer's form. */
export class CustomerTimelineWidget extends Component {
    static template = "crm_frontoffice.CustomerTimelineWidget";
    static components = { CustomerTimeline };
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("customer_timeline", {
    component: CustomerTimelineWidget,
    additionalClasses: ["w-100"],
});
