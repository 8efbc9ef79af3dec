import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/** Asks for the details of the topic that the customer has chosen, and for no others. */
export class TicketForm extends Interaction {
    static selector = ".o_service_ticket_form";
    dynamicContent = {
        "select[name='category_id']": { "t-on-change": this.showDetails },
    };

    start() {
        this.showDetails();
    }

    showDetails() {
        const topic = this.el.querySelector("select[name='category_id']")?.value;
        for (const details of this.el.querySelectorAll("fieldset[data-topic]")) {
            details.disabled = details.dataset.topic !== topic;
            details.classList.toggle("d-none", details.disabled);
        }
    }
}

registry.category("public.interactions").add("crm_service_desk.ticket_form", TicketForm);
