import { Component, onMounted, onWillStart, onWillUnmount, onWillUpdateProps, useState } from "@odoo/owl";

import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const EVERY = 20000; // milliseconds

/** Names of the colleagues who have the same ticket open. */
export class ServicePresence extends Component {
    static template = "crm_service_desk.Presence";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.state = useState({ names: [] });
        onWillStart(() => this.look(this.props.record.resId));
        onWillUpdateProps((props) => {
            if (props.record.resId !== this.props.record.resId) {
                this.look(props.record.resId);
            }
        });
        // Not before: a form that is left while it still loads is destroyed without an end to wait for.
        onMounted(() => {
            this.timer = setInterval(() => this.look(this.props.record.resId), EVERY);
        });
        onWillUnmount(() => clearInterval(this.timer));
    }

    async look(id) {
        this.state.names = id
            ? await this.orm.silent.call("service.ticket", "note_presence", [[id]])
            : [];
    }
}

registry.category("view_widgets").add("service_presence", { component: ServicePresence });
