import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";

/** A telephone system announces a call: whoever is rung sees the customer before he answers. */
export const incomingCallService = {
    dependencies: ["action", "bus_service", "notification"],

    start(env, { action, bus_service: bus, notification }) {
        bus.subscribe("crm_frontoffice.incoming_call", ({ number, callers }) => {
            const names = callers.map(({ name, customer }) => (customer && customer !== name ? `${name}, ${customer}` : name));
            const close = notification.add(names.join("\n") || _t("No customer has this number."), {
                title: _t("Call from %s", number),
                type: "info",
                sticky: true,
                buttons: [
                    {
                        name: _t("Open"),
                        primary: true,
                        onClick: () => {
                            close();
                            action.doAction({
                                type: "ir.actions.client",
                                tag: "crm_frontoffice.incoming_call",
                                params: { number },
                            });
                        },
                    },
                ],
            });
        });
        bus.start();
    },
};

registry.category("services").add("crm_incoming_call", incomingCallService);
