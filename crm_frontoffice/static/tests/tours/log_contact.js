import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("log_contact", {
    steps: () => [
        {
            content: "Log a contact from the deal",
            trigger: ".o-mail-Chatter .o_log_contact",
            run: "click",
        },
        {
            content: "It was a meeting",
            trigger: ".modal .o_field_widget[name='kind'] .o_radio_item:contains('Meeting') input",
            run: "click",
        },
        {
            content: "The customer was interested",
            trigger: ".modal .o_field_widget[name='result_id'] .o_selection_badge:contains('Interested')",
            run: "click",
        },
        {
            content: "Say what it was about",
            trigger: ".modal .o_field_widget[name='summary'] input",
            run: "edit Wants ten chairs",
        },
        {
            content: "Log it",
            trigger: ".modal .modal-footer .btn-primary",
            run: "click",
        },
        {
            content: "The colleagues read it on the deal",
            trigger: "body:not(:has(.modal)) .o-mail-Message:contains('Wants ten chairs')",
        },
    ],
});
