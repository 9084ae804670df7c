/**
 * Prints JSON in the spelling of Python's `json.dumps`: a space behind commas and colons, and
 * ASCII alone. MLflow keeps such texts in tags, where users and scripts see them.
 */
export function printLikePython(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(printLikePython).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .map(([key, member]) => `${printLikePython(key)}: ${printLikePython(member)}`);
    return `{${members.join(', ')}}`;
  }
  return (JSON.stringify(value) ?? 'null').replace(
    /[\u007f-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
