import { registry } from "@web/core/registry";

const TICKETS = 10;
const SAVED = ".o-mail-Message:not(:has(.o-mail-Message-pendingProgress)) .o-mail-Message-body";

/** Everything by keys, as somebody does it all day; a step only waits for what the key before it has brought. */
function answerTicket(number) {
    return [
        {
            content: `Ticket ${number}: start an answer`,
            trigger: ".o_form_view:has(button[name='action_solve']) .o-mail-Chatter-sendMessage:enabled",
            run: "press alt+m",
        },
        {
            content: "Ask for a canned answer",
            trigger: ".o-mail-Composer-input:focus",
            run: "edit ::walk",
        },
        {
            content: "Choose it",
            trigger: ".o-mail-Composer-suggestion:contains('is on its way')",
            run: "press Enter",
        },
        {
            content: "Send it",
            trigger: ".o-mail-Composer-input:value('is on its way')",
            run: "press ctrl+Enter",
        },
        {
            content: "Solve the ticket",
            trigger: `.o-mail-Chatter:not(:has(.o-mail-Composer)) ${SAVED}:contains('is on its way')`,
            run: "press alt+w",
        },
        {
            content: "Go on with the next one",
            trigger: ".o_form_view button[name='action_reopen']",
            run: "press alt+shift+n",
        },
    ];
}

registry.category("web_tour.tours").add("service_desk_keyboard", {
    steps: () => [
        {
            content: "Take the first ticket from the board",
            trigger: ".o_kanban_record:contains('Walk')",
            run: "press alt+shift+n",
        },
        ...Array.from({ length: TICKETS }, (_value, number) => answerTicket(number + 1)).flat(),
        {
            content: "Nothing is left",
            trigger: ".o_notification:contains('Nothing is left to do.')",
        },
    ],
});
