import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { CustomerOverview } from "./customer_overview";

/** The overview as a screen of its own; its address names the customer, so that it can be kept and shared. */
export class CustomerOverviewAction extends Component {
    static template = "crm_frontoffice.CustomerOverviewAction";
    static components = { CustomerOverview, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.partnerId = this.props.action.context.active_id;
    }

    showTitle(customer) {
        this.env.config.setDisplayName(`${customer} · 360°`);
    }
}

registry.category("actions").add("crm_frontoffice.customer_overview", CustomerOverviewAction);
