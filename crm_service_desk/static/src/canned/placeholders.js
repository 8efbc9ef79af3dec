/** Put what a ticket knows into a canned answer; a placeholder that it does not know stays, for the agent to see. */
export function fillPlaceholders(text, values) {
    return text.replace(/\{(\w+)\}/g, (found, name) => (values && values[name]) || found);
}
