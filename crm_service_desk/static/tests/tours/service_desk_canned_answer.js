import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_desk_canned_answer", {
    steps: () => [
        {
            content: "Start an answer",
            trigger: ".o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "Look for a canned answer",
            trigger: ".o-mail-Composer-input",
            run: "edit ::rece",
        },
        {
            content: "It is shown as the customer will read it",
            trigger: ".o-mail-Composer-suggestion:contains('Dear Alice <b>Alert</b>')",
            run: "click",
        },
        {
            content: "Send it",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "The answer is in the conversation, and on its way",
            trigger:
                ".o-mail-Chatter:not(:has(.o-mail-Composer)) .o-mail-Message:not(:has(.o-mail-Message-pendingProgress)) .o-mail-Message-body:contains('is in hand')",
        },
    ],
});
