import { Chatter } from "@mail/chatter/web_portal/chatter";

import { onWillStart } from "@odoo/owl";

import { user } from "@web/core/user";
import { patch } from "@web/core/utils/patch";
import { useService } from "@web/core/utils/hooks";

/** A telephone above the messages of a record that has a customer: one click opens the dialog, the next one logs. */
patch(Chatter.prototype, {
    setup() {
        super.setup(...arguments);
        this.action = useService("action");
        onWillStart(async () => {
            this.mayLogContacts = await user.checkAccessRight("crm.interaction", "create");
        });
    },

    get hasCustomer() {
        const { thread } = this.state;
        return Boolean(thread.id && (thread.model === "res.partner" || thread.partner_fields?.length));
    },

    async logContact() {
        if (this.props.saveRecord && !(await this.props.saveRecord())) {
            return;
        }
        const { model, id } = this.state.thread;
        const action = await this.orm.call("crm.interaction", "action_log", [model, id]);
        await this.action.doAction(action, { onClose: () => this.reloadParentView() });
    },
});
