/** Words that stand where an author meant to write something. */
const PLACEHOLDER =
  /^(?:tbd|tba|tbc|todo|fixme|n\s?a|na|none|null|nil|nothing|unknown|undefined|placeholder|lorem(?: ipsum.*)?|to be (?:determined|defined|done|decided|added|written)|fill (?:me )?in|coming soon|more information needed|xxx+|test|asdf|foo|bar|change ?me)$/;

/** Beginnings that promise a text instead of giving one. */
const PROMISE = /^(?:tbd|tba|todo|fixme|lorem ipsum|to be (?:determined|defined|added|written))\b/;

/** What templates leave for the author: `[More Information Needed]`, `{{ use }}`, `<describe>`. */
const TEMPLATE = /^(?:\[[^\]]*\]|\{\{[^}]*\}\}|<[^>]*>|\$\{[^}]*\})\.?$/;

const MAX_LOOKED_AT = 2_000;

/**
 * Whether a text says nothing: a placeholder, however often it is repeated, a template's hint, or
 * the same few signs over and over.
 */
export function isPlaceholder(text: string): boolean {
  const begin = text.slice(0, MAX_LOOKED_AT).trim().toLowerCase();
  if (TEMPLATE.test(begin)) return true;
  const words = begin
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
    .replace(/^n a$/, 'na');
  if (words === '') return true;
  if (PLACEHOLDER.test(words) || PROMISE.test(words)) return true;
  const unique = new Set(words.replaceAll(/\bn a\b/g, 'na').split(' '));
  if ([...unique].every((word) => PLACEHOLDER.test(word))) return true;
  return words.length >= 12 && new Set(words.replaceAll(' ', '')).size < 4;
}
