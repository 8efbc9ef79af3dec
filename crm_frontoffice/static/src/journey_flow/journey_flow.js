import { Component, useState } from "@odoo/owl";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const WIDTH = 216;
const HEIGHT = 92;
const GAP = { x: 36, y: 68 };
const ICONS = {
    email: "fa-envelope-o",
    sms: "fa-mobile",
    letter: "fa-file-text-o",
    activity: "fa-phone",
    deal: "fa-star-o",
    ticket: "fa-life-ring",
    coupon: "fa-gift",
    pricelist: "fa-tags",
    webhook: "fa-plug",
    wait: "fa-clock-o",
    branch: "fa-code-fork",
    split: "fa-random",
    exit: "fa-flag-checkered",
};

/** The steps of a journey as a picture: who is where, and which way people go. A draft is edited in it. */
export class JourneyFlow extends Component {
    static template = "crm_frontoffice.JourneyFlow";
    static components = { Dropdown, DropdownItem };
    static props = { ...standardFieldProps };

    setup() {
        this.action = useService("action");
        this.orm = useService("orm");
        this.state = useState({ busy: false });
    }

    get flow() {
        return this.props.record.data[this.props.name] || { steps: [], ways: [], kinds: [] };
    }

    get isEditable() {
        return this.flow.editable && !this.state.busy;
    }

    get nodes() {
        return this.flow.steps.map((step) => ({
            ...step,
            icon: ICONS[step.kind] || "fa-circle-o",
            isStart: step.id === this.flow.start,
            x: step.column * (WIDTH + GAP.x),
            y: step.row * (HEIGHT + GAP.y),
        }));
    }

    get size() {
        const nodes = this.nodes;
        const most = (axis, own) => Math.max(0, ...nodes.map((node) => node[axis])) + own;
        return { width: most("x", WIDTH) + 8, height: most("y", HEIGHT) + GAP.y };
    }

    /** Lines from the lower edge of a step to the upper edge of the next one, with what is written beside them. */
    get ways() {
        const nodes = new Map(this.nodes.map((node) => [node.id, node]));
        const perStep = Map.groupBy(this.flow.ways, (way) => way.from);
        return this.flow.ways.map((way) => {
            const source = nodes.get(way.from);
            const siblings = perStep.get(way.from);
            const place = (siblings.indexOf(way) + 1) / (siblings.length + 1);
            const x1 = source.x + WIDTH * place;
            const y1 = source.y + HEIGHT;
            const target = nodes.get(way.to);
            const x2 = target ? target.x + WIDTH / 2 : x1;
            const y2 = target ? target.y : y1 + GAP.y / 2;
            const middle = y1 + GAP.y / 2;
            return {
                ...way,
                key: `${way.from}-${way.way}`,
                path: `M ${x1} ${y1} C ${x1} ${middle}, ${x2} ${y2 - GAP.y / 2}, ${x2} ${y2}`,
                count: source.counts[way.way] || 0,
                x: x1,
                y: y1,
                isOpen: !target,
            };
        });
    }

    get nodeStyle() {
        return `width: ${WIDTH}px; height: ${HEIGHT}px;`;
    }

    get emptyText() {
        return this.props.record.isNew ? _t("Save the journey, then add its first step.") : _t("There are no steps yet.");
    }

    async openStep(id) {
        await this.props.record.save();
        this.action.doAction(
            {
                type: "ir.actions.act_window",
                name: _t("Step"),
                res_model: "crm.journey.step",
                res_id: id,
                views: [[false, "form"]],
                target: "new",
            },
            { onClose: () => this.props.record.load() }
        );
    }

    async addStep(kind, way) {
        this.state.busy = true;
        try {
            await this.props.record.save();
            const after = way ? [way.from, way.way] : [false, "next"];
            const id = await this.orm.call("crm.journey.version", "insert_step", [[this.flow.version], kind, ...after]);
            await this.props.record.load();
            await this.openStep(id);
        } finally {
            this.state.busy = false;
        }
    }
}

registry.category("fields").add("crm_journey_flow", {
    component: JourneyFlow,
    displayName: _t("Flow of a Journey"),
    supportedTypes: ["json"],
});
