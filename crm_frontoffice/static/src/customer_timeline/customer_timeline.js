import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";
import { deserializeDate, deserializeDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { useDebounced } from "@web/core/utils/timing";
import { formatMonetary } from "@web/views/fields/formatters";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const { DateTime } = luxon;
const PAGE_SIZE = 30;

/** The history with one customer: everybody's events on one line of time, newest first. */
export class CustomerTimeline extends Component {
    static template = "crm_frontoffice.CustomerTimeline";
    static props = { partnerId: Number };

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
            ["other", _t("Other")],
        ];
        this.state = useState({ events: [], cursor: false, selected: [], search: "", isLoading: true });
        this.request = 0;
        this.searchSoon = useDebounced(() => this.reload(this.props.partnerId), 300);
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
                search: this.state.search || null,
            });
            // Whoever clicks two filters quickly gets the answer to the second one only.
            if (request === this.request) {
                this.state.events.push(...page.events);
                this.state.cursor = page.cursor;
            }
        } finally {
            if (request === this.request) {
                this.state.isLoading = false;
            }
        }
    }

    onSearch(ev) {
        this.state.search = ev.target.value.trim();
        this.searchSoon();
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

    /** What the details of an event say in one line; the types of events have different ones. */
    describe(event) {
        const details = event.details;
        const onDay = (day) => deserializeDate(day).toLocaleString(DateTime.DATE_MED);
        const atTime = (time) => deserializeDateTime(time).toLocaleString(DateTime.DATETIME_MED);
        if (details.from && details.to) {
            return `${details.from} → ${details.to}`;
        }
        if (details.to_time) {
            const times = `${atTime(details.from_time)} → ${atTime(details.to_time)}`;
            return details.subject ? `${details.subject}: ${times}` : times;
        }
        if (details.median_days) {
            return _t("usually every %s days, last ordered on %s", Math.round(details.median_days), onDay(details.last_order));
        }
        if (details.last_contact) {
            return _t("last contact on %s", onDay(details.last_contact));
        }
        if (details.missing) {
            return _t("%s: %s more are missing", details.subject, Math.ceil(details.missing * 100) / 100);
        }
        if (details.until) {
            return _t("until %s", onDay(details.until));
        }
        return details.days ? _t("Days overdue: %s", details.days) : details.subject || "";
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

/** The history on a customer's form. */
export class CustomerTimelineWidget extends Component {
    static template = "crm_frontoffice.CustomerTimelineWidget";
    static components = { CustomerTimeline };
    static props = { ...standardWidgetProps };
}

registry.category("view_widgets").add("customer_timeline", {
    component: CustomerTimelineWidget,
    additionalClasses: ["w-100"],
});
