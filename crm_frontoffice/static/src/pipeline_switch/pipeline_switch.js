import { _t } from "@web/core/l10n/translation";
import { Component } from "@odoo/owl";
import { browser } from "@web/core/browser/browser";
import { Domain } from "@web/core/domain";
import { Dropdown } from "@web/core/dropdown/dropdown";
import { DropdownItem } from "@web/core/dropdown/dropdown_item";
import { user } from "@web/core/user";
import { SearchModel } from "@web/search/search_model";
import { crmKanbanView } from "@crm/views/crm_kanban/crm_kanban_view";

// The choice is kept in the browser: it is how a person looks at deals, not a fact about them.
const STORAGE_KEY = `crm_pipeline_${user.userId}`;

/** Shows one pipeline at a time, if there are several. */
export class PipelineSearchModel extends SearchModel {
    async load(config) {
        this.pipelines = await this.orm.searchRead("crm.pipeline", [], ["name"]);
        const remembered = browser.localStorage.getItem(STORAGE_KEY);
        const isAll = remembered === "all";
        this.pipelineId = isAll ? false : this.findPipeline(Number(remembered));
        await super.load(config);
    }

    findPipeline(id) {
        const known = this.pipelines.find((pipeline) => pipeline.id === id) || this.pipelines[0];
        return known ? known.id : false;
    }

    get hasPipelineSwitch() {
        return this.pipelines.length > 1;
    }

    get pipelineName() {
        const pipeline = this.pipelines.find(({ id }) => id === this.pipelineId);
        return pipeline ? pipeline.name : _t("All pipelines");
    }

    setPipeline(id) {
        this.pipelineId = id;
        browser.localStorage.setItem(STORAGE_KEY, id || "all");
        this._notify();
    }

    _getDomain(params = {}) {
        const domain = super._getDomain(params);
        if (!this.hasPipelineSwitch || !this.pipelineId || params.withGlobal === false) {
            return domain;
        }
        const own = Domain.and([domain, [["pipeline_id", "in", [this.pipelineId, false]]]]);
        return params.raw ? own : own.toList(this.domainEvalContext);
    }

    _getContext() {
        const context = super._getContext();
        return this.hasPipelineSwitch && this.pipelineId
            ? { ...context, default_pipeline_id: this.pipelineId }
            : context;
    }
}

export class PipelineSwitch extends Component {
    static template = "crm_frontoffice.PipelineSwitch";
    static components = { Dropdown, DropdownItem };
    static props = {};

    get model() {
        return this.env.searchModel;
    }

    get choices() {
        return [...this.model.pipelines, { id: false, name: _t("All pipelines") }];
    }
}

class PipelineKanbanController extends crmKanbanView.Controller {
    static template = "crm_frontoffice.PipelineKanban";
    static components = { ...crmKanbanView.Controller.components, PipelineSwitch };
}

// The view itself, not a copy of it: other modules have it by reference.
Object.assign(crmKanbanView, { Controller: PipelineKanbanController, SearchModel: PipelineSearchModel });
