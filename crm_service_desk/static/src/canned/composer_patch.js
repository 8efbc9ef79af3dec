import { Composer } from "@mail/core/common/composer";

import { patch } from "@web/core/utils/patch";

import { fillPlaceholders } from "./placeholders";

patch(Composer.prototype, {
    /** Agents see, choose and send canned answers with the customer's name and the ticket's number in them. */
    get navigableListProps() {
        const props = super.navigableListProps;
        const values = this.thread?.servicePlaceholders;
        if (!values) {
            return props;
        }
        const options = (props.options || []).map((option) => {
            if (!option.cannedResponse) {
                return option;
            }
            const label = fillPlaceholders(option.label, values);
            return { ...option, label, title: label };
        });
        return { ...props, options };
    },
});
