import MarkdownIt from 'markdown-it';
import type { Card } from '../cards/card.js';
import { renderCardHtml } from '../cards/render-html.js';
import type { CompliancePack } from './pack.js';
import { headOf, linesOf, type PackSection, sectionsOf } from './pack-sections.js';

const { escapeHtml } = new MarkdownIt().utils;

/** @returns a page without script, style or anything that is fetched */
export function toHtml(pack: CompliancePack): string {
  const title = `Compliance pack of ${pack.model} version ${pack.version}`;
  const card: Card | undefined = pack.card.content;
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    `<p>${escapeHtml(pack.statement)}</p>`,
    pairs(headOf(pack)),
    `<p>${pack.summary.passed} of ${pack.questions.length} questions are answered.</p>`,
    ...pack.questions.map(
      (one) => `<h2>${escapeHtml(one.question)} ${one.status}</h2>\n${pairs(linesOf(one))}`,
    ),
    card === undefined ? '<p>The version has no model card.</p>' : renderCardHtml(card),
    ...sectionsOf(pack).map(sectionHtml),
  ].join('\n');
  return `<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>${escapeHtml(title)}</title>\n</head>\n<body>\n${body}\n</body>\n</html>\n`;
}

function pairs(rows: readonly (readonly [string, string])[]): string {
  const lines = rows.map(
    ([label, value]) =>
      `<tr><th scope="row">${escapeHtml(label)}</th><td>${escapeHtml(value)}</td></tr>`,
  );
  return `<table>\n${lines.join('\n')}\n</table>`;
}

function sectionHtml({ title, intro, rows }: PackSection): string {
  const [heading, ...body] = rows;
  const cells = (row: readonly string[], tag: string) =>
    `<tr>${row.map((text) => `<${tag}>${escapeHtml(text)}</${tag}>`).join('')}</tr>`;
  return [
    `<h2>${escapeHtml(title)}</h2>`,
    intro === undefined ? '' : `<p>${escapeHtml(intro)}</p>`,
    heading === undefined
      ? ''
      : `<table>\n${cells(heading, 'th')}\n${body.map((row) => cells(row, 'td')).join('\n')}\n</table>`,
  ]
    .filter((part) => part !== '')
    .join('\n');
}
