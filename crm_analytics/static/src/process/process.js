import { Component, onWillStart, useState } from "@odoo/owl";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PERIODS = [3, 6, 12, 24, 36];

/** How deals and tickets really go: the map with times on its arrows, and the tables behind it. */
export class Process extends Component {
    static template = "crm_analytics.Process";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.periods = PERIODS;
        this.state = useState({
            kind: this.props.action.context?.process_kind || "deal",
            months: 12,
            team: "",
            pipeline: "",
            tab: "map",
            data: null,
        });
        onWillStart(() => this.load());
    }

    get tabs() {
        return [
            ["map", _t("Map")],
            ["funnel", _t("Funnel")],
            ["cohorts", _t("Cohorts")],
            ["variants", _t("Ways")],
            ["bottlenecks", _t("Bottlenecks")],
            ["survival", _t("How Long They Stay")],
        ];
    }

    get kindLabels() {
        return { deal: _t("Deals"), ticket: _t("Tickets") };
    }

    get endings() {
        return this.state.kind === "deal" ? { won: _t("Won"), lost: _t("Lost") } : { won: _t("Done"), lost: _t("Dropped") };
    }

    /** Tickets are not lost: their map has no bar for it. */
    get drawing() {
        const { nodes, edges, width, height } = this.state.data.map;
        const hasLost = edges.some((edge) => edge.to === "lost");
        return { nodes: nodes.filter((node) => node.key !== "lost" || hasLost), edges, width, height: hasLost ? height : height - 120 };
    }

    async load() {
        const { kind, months, team, pipeline } = this.state;
        const chosen = [kind, Number(months), Number(team) || null, Number(pipeline) || null];
        this.state.data = await this.orm.call("crm.process", "get_process", chosen);
    }

    choose(name, value) {
        this.state[name] = value;
        if (name === "kind") {
            this.state.team = this.state.pipeline = "";
        }
        return this.load();
    }

    nameOf(key) {
        return this.endings[key] || this.state.data.names[key] || "";
    }

    wayOf(variant) {
        const ending = variant.outcome === "open" ? _t("still open") : this.endings[variant.outcome] || _t("put aside");
        return [...variant.way.map((key) => this.nameOf(key)), ending].join(" → ");
    }

    statsOf(key) {
        return this.state.data.nodes.find((node) => node.key === key);
    }

    time(hours) {
        if (hours === null || hours === undefined) {
            return "–";
        }
        return hours < 48 ? _t("%s h", Math.round(hours)) : _t("%s d", Math.round(hours / 24));
    }

    percent(share) {
        return `${Math.round(share * 100)} %`;
    }

    /** The visits of a stage, in the period and with the filters of the screen. */
    open(key) {
        if (this.state.kind !== "deal" || typeof key !== "number") {
            return;
        }
        const begin = luxon.DateTime.now().minus({ months: Number(this.state.months) }).toISODate();
        const domain = [
            ["stage_id", "=", key],
            ["date_created", ">=", begin],
        ];
        if (this.state.team) {
            domain.push(["team_id", "=", Number(this.state.team)]);
        }
        if (this.state.pipeline) {
            domain.push(["pipeline_id", "=", Number(this.state.pipeline)]);
        }
        this.action.doAction({
            type: "ir.actions.act_window",
            name: this.nameOf(key),
            res_model: "crm.fact.stage",
            views: [
                [false, "list"],
                [false, "pivot"],
                [false, "graph"],
            ],
            domain,
        });
    }
}

registry.category("actions").add("crm_analytics.process", Process);
