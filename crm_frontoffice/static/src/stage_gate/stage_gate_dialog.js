import { _t } from "@web/core/l10n/translation";
import { Component, onWillStart, useState } from "@odoo/owl";
import { Dialog } from "@web/core/dialog/dialog";
import { FileInput } from "@web/core/file_input/file_input";
import { standardErrorDialogProps } from "@web/core/errors/error_dialogs";
import { Record } from "@web/model/record";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Field } from "@web/views/fields/field";

// What the fields of a deal refer to: their currency, and the domains of what may be chosen.
const CONTEXT_FIELDS = [
    "company_currency",
    "company_id",
    "user_company_ids",
    "team_id",
    "partner_id",
    "type",
    "country_id",
];
const NOT_SHOWN = ["one2many", "properties", "properties_definition", "binary", "reference"];
const MOST_DEALS = 20;

/** Lists what deals lack for a stage, lets people fill it in, and repeats the move. */
export class StageGateDialog extends Component {
    static template = "crm_frontoffice.StageGateDialog";
    static components = { Dialog, Field, FileInput, Record };
    static props = { ...standardErrorDialogProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.notification = useService("notification");
        this.fieldService = useService("field");
        this.title = _t("Not ready for this stage yet");
        this.records = {};
        this.state = useState({ attached: {}, ticked: {}, asked: {}, busy: false });
        onWillStart(() => this.load());
    }

    async load() {
        const rows = this.props.data.context.missing;
        const ids = [...new Set(rows.map((row) => row.lead_id))];
        // A deal whose creation was refused does not exist: there is nothing to write on.
        const existing = new Set(await this.orm.search("crm.lead", [["id", "in", ids]], { context: { active_test: false } }));
        const names = [...new Set(rows.flatMap((row) => row.fields))];
        const fields = await this.fieldService.loadFields("crm.lead", { fieldNames: [...names, ...CONTEXT_FIELDS] });
        const shown = names.filter((name) => fields[name] && !NOT_SHOWN.includes(fields[name].type));
        this.fields = fields;
        this.deals = ids.map((id) => this.prepareDeal(id, rows, existing, shown));
    }

    prepareDeal(id, rows, existing, shown) {
        const demands = rows.filter((row) => row.lead_id === id);
        const fieldNames = [...new Set(demands.flatMap((row) => row.fields))].filter((name) => shown.includes(name));
        const isEditable = existing.has(id);
        return {
            id,
            name: demands[0].lead,
            stage: demands[0].stage,
            stageId: demands[0].stage_id,
            isEditable,
            demands: demands.map((row) => ({ ...row, key: row.gate_id })),
            fieldNames: isEditable ? fieldNames : [],
            activeFields: this.getActiveFields(fieldNames),
            hooks: { onRootLoaded: (record) => (this.records[id] = record) },
        };
    }

    getActiveFields(fieldNames) {
        const displayName = { name: "display_name", type: "char" };
        const related = { activeFields: { display_name: {} }, fields: { display_name: displayName } };
        const names = [...new Set([...fieldNames, ...CONTEXT_FIELDS])].filter((name) => this.fields[name]);
        return Object.fromEntries(
            names.map((name) => [name, this.fields[name].type === "many2many" ? { related } : {}])
        );
    }

    getWidget(name) {
        return { many2many: "many2many_tags", boolean: "boolean" }[this.fields[name].type];
    }

    get shownDeals() {
        return this.deals.slice(0, MOST_DEALS);
    }

    get canRetry() {
        return this.deals.every((deal) => deal.isEditable);
    }

    toggleItem(deal, item) {
        const ticked = (this.state.ticked[deal.id] ??= {});
        ticked[item.id] = !ticked[item.id];
    }

    onUpload(deal, files) {
        if (files.some((file) => file.error)) {
            return this.notification.add(_t("The file could not be attached."), { type: "danger" });
        }
        this.state.attached[deal.id] = files.map((file) => file.filename || file.name).join(", ");
    }

    async askForApproval(deal) {
        const people = await this.orm.call("crm.lead", "request_approvals", [[deal.id], deal.stageId]);
        this.state.asked[deal.id] = people.join(", ");
    }

    openDeal(deal) {
        this.props.close();
        this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "crm.lead",
            res_id: deal.id,
            views: [[false, "form"]],
        });
    }

    async getValues(deal) {
        const record = this.records[deal.id];
        const values = record && deal.fieldNames.length ? await record.getChanges() : {};
        const items = Object.entries(this.state.ticked[deal.id] || {}).filter(([_id, isTicked]) => isTicked);
        if (items.length) {
            values.checklist_done_ids = items.map(([id]) => [4, Number(id)]);
        }
        return values;
    }

    async move() {
        this.state.busy = true;
        try {
            const rows = [];
            for (const deal of this.deals) {
                rows.push([deal.id, await this.getValues(deal)]);
            }
            const ids = this.deals.map((deal) => deal.id);
            await this.orm.call("crm.lead", "fill_in_and_move", [ids, rows, this.deals[0].stageId]);
        } finally {
            // What is still missing opens as a dialog of its own.
            this.props.close();
        }
        await this.action.doAction("soft_reload");
    }
}

registry
    .category("error_dialogs")
    .add("odoo.addons.crm_frontoffice.exceptions.StageGateError", StageGateDialog);
