import { registry } from "@web/core/registry";

const column = (name) => `.o_kanban_group:has(.o_kanban_header:contains('${name}'))`;

registry.category("web_tour.tours").add("stage_approval", {
    steps: () => [
        {
            content: "Drag the deal into the stage that needs a yes",
            trigger: `${column("Fresh")} .o_kanban_record:contains('Big Deal')`,
            run: `drag_and_drop(${column("Offered")})`,
        },
        {
            content: "Ask the person who decides",
            trigger: ".modal .o_stage_gate_demand[data-kind='approval'] .o_stage_gate_ask:contains('Ask Lena')",
            run: "click",
        },
        {
            content: "He has been asked",
            trigger: ".modal .o_stage_gate_demand:contains('Asked: Lena')",
        },
    ],
});
