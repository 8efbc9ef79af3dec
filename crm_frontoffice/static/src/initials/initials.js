import { Avatar } from "@mail/views/web/fields/avatar/avatar";
import { KanbanMany2OneAvatarUserField } from "@mail/views/web/fields/many2one_avatar_user_field/kanban_many2one_avatar_user_field";
import { Component } from "@odoo/owl";
import { registry } from "@web/core/registry";
import { standardFieldProps } from "@web/views/fields/standard_field_props";

const HUES = 12;

/** The first letters of the first and the last word: "Anna Karenina" is AK, "Acme" is A. */
export function getInitials(name) {
    const words = (name || "").match(/[\p{L}\p{N}][^\s,;()]*/gu) || [];
    const chosen = words.length > 1 ? [words[0], words[words.length - 1]] : words;
    return chosen.map((word) => [...word][0].toUpperCase()).join("");
}

/** What stands for a person on a card: letters cost nothing, a picture is a request for each card. */
export class Initials extends Component {
    static template = "crm_frontoffice.Initials";
    static props = { resId: Number, name: String };

    get letters() {
        return getInitials(this.props.name);
    }

    get style() {
        return `--initials-hue: ${((this.props.resId % HUES) * 360) / HUES}`;
    }
}

/** A person's initials, with his card on a click, as on Odoo's picture. */
export class InitialsAvatar extends Avatar {
    static template = "crm_frontoffice.InitialsAvatar";
    static components = { ...Avatar.components, Initials };
    static props = { ...Avatar.props, name: String };
}

export class InitialsField extends Component {
    static template = "crm_frontoffice.InitialsField";
    static components = { Initials };
    static props = { ...standardFieldProps };

    get value() {
        return this.props.record.data[this.props.name];
    }
}

export class InitialsUserField extends KanbanMany2OneAvatarUserField {
    static template = "crm_frontoffice.InitialsUserField";
    static components = { ...KanbanMany2OneAvatarUserField.components, Avatar: InitialsAvatar, Initials };
}

registry.category("fields").add("crm_initials", {
    component: InitialsField,
    supportedTypes: ["many2one"],
});
registry.category("fields").add("crm_initials_user", {
    ...registry.category("fields").get("kanban.many2one_avatar_user"),
    component: InitialsUserField,
});
