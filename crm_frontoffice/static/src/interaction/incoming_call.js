import { Component, onWillStart, useState } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

/** The number as it was dialled: of the one in an address the router makes a figure, without leading noughts and plus. */
function readNumber(params) {
    if (typeof params?.number === "string") {
        return params.number.trim();
    }
    const [, number = ""] = browser.location.search.match(/[?&]number=([^&]*)/) || [];
    return decodeURIComponent(number).trim();
}

/**
 * Who is calling. A telephone program opens /odoo/incoming-call?number=...; one known caller is opened at once,
 * among several the employee chooses, and an unknown one can be noted.
 */
export class IncomingCall extends Component {
    static template = "crm_frontoffice.IncomingCall";
    static components = { Layout };
    static props = { ...standardActionServiceProps };
    static path = "incoming-call";
    static displayName = _t("Incoming Call");

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.number = readNumber(this.props.action.params);
        this.state = useState({ callers: [], typed: this.number, problem: "" });
        this.props.updateActionState?.({ number: this.number });
        onWillStart(() => this.number && this.search());
    }

    async search() {
        this.number = this.state.typed;
        this.state.problem = "";
        try {
            this.state.callers = await this.orm.silent.call("crm.phone.lookup", "find_callers", [this.number]);
        } catch (error) {
            this.state.callers = [];
            this.state.problem = error.data?.message || _t("The number could not be looked up.");
            return;
        }
        if (this.state.callers.length === 1) {
            await this.open(this.state.callers[0], { stackPosition: "replaceCurrentAction" });
        }
    }

    get unknown() {
        return _t("No customer has the number %s.", this.number);
    }

    async open({ model, id, name }, options) {
        if (model === "res.partner") {
            const action = await this.orm.call("res.partner", "action_open_overview", [[id]]);
            return this.action.doAction(action, options);
        }
        return this.action.doAction(
            { type: "ir.actions.act_window", name, res_model: model, res_id: id, views: [[false, "form"]] },
            options
        );
    }

    createCustomer() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("New customer"),
            res_model: "res.partner",
            views: [[false, "form"]],
            context: { default_phone: this.number },
        });
    }
}

registry.category("actions").add("crm_frontoffice.incoming_call", IncomingCall);
