import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("customer_history", {
    steps: () => [
        {
            content: "Open the history of the customer",
            trigger: ".o_notebook .nav-link[name='history']",
            run: "click",
        },
        {
            content: "The first page ends before the oldest deal",
            trigger: ".o_customer_timeline:not(:has(.o_timeline_event:contains('The oldest deal'))) .o_timeline_older",
            run: "click",
        },
        {
            content: "The next page has it, and was the last one",
            trigger: ".o_customer_timeline:not(:has(.o_timeline_older)) .o_timeline_event:contains('The oldest deal')",
        },
        {
            content: "Markup in a name is shown as it was written",
            trigger: ".o_customer_timeline:not(:has(img)) .o_timeline_event:contains('<img src=x>')",
        },
        {
            content: "Search the whole history for one deal",
            trigger: ".o_timeline_search",
            run: "edit oldest",
        },
        {
            content: "Only that deal is shown",
            trigger: ".o_customer_timeline:not(:has(.o_timeline_event:contains('<img'))) .o_timeline_event:contains('The oldest deal')",
        },
        {
            content: "Search no more",
            trigger: ".o_timeline_search",
            run: "clear",
        },
        {
            content: "All deals are back",
            trigger: ".o_timeline_event:contains('<img src=x>')",
        },
        {
            content: "Show messages only",
            trigger: ".o_customer_timeline button[data-kind='message']",
            run: "click",
        },
        {
            content: "Deals are gone",
            trigger:
                ".o_customer_timeline:not(:has([data-code='deal_created'])) .o_timeline_event[data-code='message_in']",
        },
        {
            content: "Open the document of the message",
            trigger: ".o_timeline_event[data-code='message_in'] a",
            run: "click",
        },
        {
            content: "Move the deal to a stage that demands something",
            trigger: ".o_statusbar_status button:contains('Gated'):not(.o_arrow_button_current)",
            run: "click",
        },
        {
            content: "Read what is missing",
            trigger: ".modal:contains('fill in Expected Closing'):contains('name the decision maker')",
        },
        {
            content: "Close the message",
            trigger: ".modal .modal-footer .btn-secondary",
            run: "click",
        },
        {
            content: "Undo the move",
            trigger: "body:not(:has(.modal)) .o_form_button_cancel, body:not(:has(.modal)) .o_form_saved",
            run: "click",
        },
        {
            content: "The deal is where it was",
            trigger: ".o_statusbar_status .o_arrow_button_current:not(:contains('Gated'))",
        },
    ],
});
