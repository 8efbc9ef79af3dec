import { Component } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

import { CustomerTimeline } from "./customer_timeline";

/** The timeline as a screen of its own; its address names the customer, so that it can be kept and shared. */
export class CustomerTimelineAction extends Component {
    static template = "crm_frontoffice.CustomerTimelineAction";
    static components = { CustomerTimeline, Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.partnerId = this.props.action.context.active_id;
    }

    showTitle(customer) {
        this.env.config.setDisplayName(_t("History of %s", customer));
    }
}

registry.category("actions").add("crm_frontoffice.customer_timeline", CustomerTimelineAction);
