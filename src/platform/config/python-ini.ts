/**
 * Reads one section as Python's configparser does with its defaults: comments are whole lines,
 * `=` or `:` stands behind a key, quotes and `;` and `#` in a value are part of it, indented lines
 * go on with the value before them, `[DEFAULT]` stands behind all sections, and `%` begins
 * `%%` or `%(key)s`.
 *
 * @returns keys in small letters; undefined where there is no such section
 * @throws Error with one sentence for a line or a value that can't be read
 */
export function pythonSection(
  text: string,
  name: string,
): Readonly<Record<string, string>> | undefined {
  const sections = sectionsOf(text);
  const section = sections.get(name);
  if (section === undefined) return undefined;
  const values = new Map([...(sections.get('DEFAULT') ?? []), ...section]);
  return Object.fromEntries([...values.keys()].map((key) => [key, filled(values, key, 0)]));
}

type Section = Map<string, string>;

function sectionsOf(text: string): Map<string, Section> {
  const sections = new Map<string, Section>();
  let section: Section | undefined;
  let last: { readonly key: string; readonly indent: number } | undefined;
  for (const [at, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|[\r\n]/)
    .entries()) {
    const told = line.trim();
    if (told === '' || /^[#;]/.test(told)) continue;
    const indent = line.search(/\S/);
    if (section !== undefined && last !== undefined && indent > last.indent) {
      section.set(last.key, `${section.get(last.key)}\n${told}`.trim());
      continue;
    }
    const [, header] = /^\[([^\]]+)\]/.exec(told) ?? [];
    if (header !== undefined) {
      section = sections.get(header) ?? new Map();
      sections.set(header, section);
      last = undefined;
      continue;
    }
    const [, key, value = ''] = /^([^=:]+?)\s*[=:]\s*(.*)$/.exec(told) ?? [];
    if (section === undefined || key === undefined) {
      throw new Error(`line ${at + 1} is neither a section, nor a comment, nor 'key = value'`);
    }
    last = { key: key.toLowerCase(), indent };
    section.set(last.key, value);
  }
  return sections;
}

/** A value may name others, which name others again; configparser goes ten deep. */
const MAX_DEPTH = 10;

function filled(values: Section, key: string, depth: number): string {
  return (values.get(key) ?? '').replace(/%(%|\(([^)]+)\)s|)/g, (_, sign: string, named = '') => {
    if (sign === '%') return '%';
    const other = String(named).toLowerCase();
    if (sign === '' || !values.has(other) || depth >= MAX_DEPTH) {
      throw new Error(`'${key}' has a % that is neither %% nor %(name)s of another key`);
    }
    return filled(values, other, depth + 1);
  });
}
