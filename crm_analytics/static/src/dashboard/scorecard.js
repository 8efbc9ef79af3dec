import * as spreadsheet from "@odoo/o-spreadsheet";

import { SEE_RECORDS_PIVOT, SEE_RECORDS_PIVOT_VISIBLE } from "@spreadsheet/pivot/pivot_actions";
import { patch } from "@web/core/utils/patch";

// How many cells may lie between a scorecard and its pivot: the number may be formatted by formulas.
const DEPTH = 3;

/**
 * The cell whose formula asks the pivot for the number that a range shows, or nothing.
 */
function findPivotCell(getters, range, depth = DEPTH) {
    if (!range || !depth) {
        return undefined;
    }
    const position = { sheetId: range.sheetId, col: range.zone.left, row: range.zone.top };
    if (SEE_RECORDS_PIVOT_VISIBLE(position, getters)) {
        return position;
    }
    const cell = getters.getCell(position);
    return cell?.isFormula
        ? findPivotCell(getters, cell.compiledFormula.dependencies[0], depth - 1)
        : undefined;
}

/** A scorecard on a dashboard opens the records that its number counts; Odoo's opens a menu with all of them. */
patch(spreadsheet.components.ScorecardChart.prototype, {
    async onClick() {
        const { getters } = this.env.model;
        const { keyValue } = getters.getChartDefinition(this.props.chartId);
        const sheetId = getters.getActiveSheetId();
        const position =
            this.env.isDashboard() &&
            keyValue &&
            findPivotCell(getters, getters.getRangeFromSheetXC(sheetId, keyValue));
        return position ? SEE_RECORDS_PIVOT(position, this.env) : super.onClick();
    },
});
