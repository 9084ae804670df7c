import MarkdownIt from 'markdown-it';
import type { JsonValue } from '../../platform/json-value.js';
import { type Card, numbersIn, textOf } from './card.js';
import { evaluationsOf, factsOf, otherKeysOf, proseOf } from './card-sections.js';

/** Longer texts are cut: what a reader's browser gets stays bounded. */
const MAX_PROSE = 20_000;

/**
 * Markdown of strangers. HTML in it is shown as text, links go nowhere but to the web and tell the
 * other side nothing of this server, and pictures are left out: each would report its reader.
 */
const markdown = new MarkdownIt({ html: false, linkify: false, typographer: false });
markdown.disable('image');
markdown.set({ maxNesting: 20 });
markdown.validateLink = (url: string) => /^(?:https?:|mailto:|#)/i.test(url.trim());
markdown.renderer.rules.link_open = (tokens, index, options, _environment, renderer) => {
  tokens[index]?.attrSet('rel', 'noopener noreferrer nofollow');
  return renderer.renderToken(tokens, index, options);
};

const escapeHtml = (text: string): string => markdown.utils.escapeHtml(text);

/** @returns a card as a piece of HTML that a page can hold as it stands: no script, style or id */
export function renderCardHtml(card: Card): string {
  const title = [textOf(card, 'name') ?? 'Model card', textOf(card, 'version') ?? ''].join(' ');
  const prose = proseOf(card).map(
    (section) =>
      `<h2>${escapeHtml(section.title)}</h2>\n${markdown.render(section.text.slice(0, MAX_PROSE))}`,
  );
  const evaluations = evaluationsOf(card).map(({ dataset, task, split, metrics }) => {
    const where = [dataset, task, split].filter((part) => part !== undefined).join(', ');
    return `<h3>${escapeHtml(where)}</h3>\n${table(metrics)}`;
  });
  const fairness = numbersIn(card.fairness_metrics);
  const others = otherKeysOf(card).map(([key, value]) => [key, print(value)] as const);
  return [
    '<article class="model-card">',
    `<h1>${escapeHtml(title.trim())}</h1>`,
    table(factsOf(card)),
    ...prose,
    fairness.length === 0 ? '' : `<h2>Fairness</h2>\n${table(fairness)}`,
    evaluations.length === 0 ? '' : `<h2>Evaluation</h2>\n${evaluations.join('\n')}`,
    others.length === 0 ? '' : `<h2>More</h2>\n${table(others)}`,
    '</article>',
  ]
    .filter((part) => part !== '')
    .join('\n');
}

const print = (value: JsonValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value);

function table(rows: readonly (readonly [string, string | number])[]): string {
  if (rows.length === 0) return '';
  const lines = rows.map(
    ([label, value]) =>
      `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(String(value))}</td></tr>`,
  );
  return `<table>\n${lines.join('\n')}\n</table>`;
}
