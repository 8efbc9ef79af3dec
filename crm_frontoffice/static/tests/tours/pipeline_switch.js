import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("pipeline_switch", {
    steps: () => [
        {
            content: "The first pipeline is shown, and no column of another",
            trigger:
                ".o_kanban_view:has(.o_kanban_record:contains('To sell')):not(:has(.o_kanban_group:contains('Kick-off'))) .o_pipeline_switch:contains('Sales')",
            run: "click",
        },
        {
            content: "Choose the other one",
            trigger: ".o-dropdown-item:contains('Onboarding')",
            run: "click",
        },
        {
            content: "Its deals and columns are shown, those of the first are not",
            trigger:
                ".o_kanban_view:has(.o_pipeline_switch:contains('Onboarding')):has(.o_kanban_group:contains('Training')):not(:has(.o_kanban_record:contains('To sell'))) .o_kanban_record:contains('To train')",
        },
    ],
});
