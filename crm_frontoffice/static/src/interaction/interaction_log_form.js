import { registry } from "@web/core/registry";
import { FormController } from "@web/views/form/form_controller";
import { formView } from "@web/views/form/form_view";

/** Whoever closes the browser has logged nothing: other forms save then, and this one is complete as it opens. */
class InteractionLogController extends FormController {
    async beforeUnload() {}
}

registry.category("views").add("crm_interaction_log_form", { ...formView, Controller: InteractionLogController });
