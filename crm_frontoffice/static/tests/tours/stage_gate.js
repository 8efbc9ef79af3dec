import { registry } from "@web/core/registry";

const card = ".o_kanban_record:contains('Chairs for the office')";
const column = (name) => `.o_kanban_group:has(.o_kanban_header:contains('${name}'))`;

registry.category("web_tour.tours").add("stage_gate", {
    steps: () => [
        {
            content: "Drag the deal into the stage that wants something",
            trigger: `${column("Fresh")} ${card}`,
            run: `drag_and_drop(${column("Gated Offer")})`,
        },
        {
            content: "One dialog lists what is missing: fill it in",
            trigger:
                ".modal .o_stage_gate:has(.o_stage_gate_demand:contains('Expected Revenue')) .o_field_widget[name='expected_revenue'] input",
            run: "edit 500",
        },
        {
            content: "Repeat the move",
            trigger: ".modal .o_stage_gate_move",
            run: "click",
        },
        {
            content: "The deal is in the stage",
            trigger: `body:not(:has(.modal)) ${column("Gated Offer")} ${card}`,
        },
    ],
});
