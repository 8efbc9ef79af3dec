import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("service_desk_answer", {
    steps: () => [
        {
            content: "Open the ticket from the board",
            trigger: ".o_kanban_record:contains('Tour: the printer smokes')",
            run: "click",
        },
        {
            content: "Take it",
            trigger: ".o_form_view button[name='action_assign_to_me']",
            run: "click",
        },
        {
            content: "Start an answer once the ticket is taken",
            trigger: ".o_form_view:not(:has(button[name='action_assign_to_me'])) .o-mail-Chatter-sendMessage",
            run: "click",
        },
        {
            content: "Write it",
            trigger: ".o-mail-Composer-input",
            run: "edit Please pour water over it",
        },
        {
            content: "Send it",
            trigger: ".o-mail-Composer-send:enabled",
            run: "click",
        },
        {
            content: "The answer is in the conversation",
            trigger: ".o-mail-Message-body:contains('Please pour water over it')",
        },
    ],
});
