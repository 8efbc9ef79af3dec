import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("merge_duplicates", {
    steps: () => [
        {
            content: "Compare the pair",
            trigger: ".o_data_row:contains('Karenina Anna') button[name='action_review']",
            run: "click",
        },
        {
            content: "Keep the customer with the name in Latin letters",
            trigger: ".modal .o_customer_comparison th:contains('Karenina Anna') button",
            run: "click",
        },
        {
            content: "Take the e-mail of the other one",
            trigger:
                ".modal:has(th:contains('Karenina Anna') .badge) td.o_choosable:not(.o_chosen):contains('anna.karenina@home.example')",
            run: "click",
        },
        {
            content: "Keep the other customer after all",
            trigger:
                ".modal:has(td.o_chosen:contains('anna.karenina@home.example')) th:not(:contains('Karenina Anna')) button",
            run: "click",
        },
        {
            content: "No, the first one",
            trigger: ".modal:not(:has(th:contains('Karenina Anna') .badge)) th:contains('Karenina Anna') button",
            run: "click",
        },
        {
            content: "The e-mail is still the one that was picked: merge",
            trigger:
                ".modal:has(th:contains('Karenina Anna') .badge):has(td.o_chosen:contains('anna.karenina@home.example')) button[name='action_merge']",
            run: "click",
        },
        {
            content: "The customer who was kept opens",
            trigger: "body:not(:has(.modal)) .o_form_view .o_field_widget[name='name']",
        },
    ],
});
