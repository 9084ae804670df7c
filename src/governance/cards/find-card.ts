import type { JsonValue } from '../../platform/json-value.js';
import { fencedData, frontMatter } from '../documents/markdown-parts.js';
import { DOCUMENT_LIMITS, decodeUtf8, readDocument } from '../documents/read-document.js';
import { findUnfit } from '../documents/unfit.js';
import { type Card, cardIn } from './card.js';

/** What came of looking for a card in a text: one, none, or one that can't be read. */
export type FoundCard =
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'none' }
  | { readonly kind: 'broken'; readonly problem: string };

const NONE: FoundCard = { kind: 'none' };
const broken = (problem: string): FoundCard => ({ kind: 'broken', problem });

/**
 * Reads a text that is meant to be a card and nothing else: a tag, `MODEL_CARD.yaml`, what was sent
 * to the endpoint. Any map is taken for a card; what it lacks is found when it is checked.
 */
export function readCard(content: string | Uint8Array): FoundCard {
  const read = readDocument(content);
  if (!read.ok) return broken(read.problem);
  return asCard(read.value);
}

/** Takes a value that was parsed elsewhere, such as `metadata.model_card` of an MLmodel. */
export function cardFromValue(value: JsonValue): FoundCard {
  if (typeof value === 'string') return readCard(value);
  const unfit = findUnfit(value, DOCUMENT_LIMITS);
  return unfit === undefined ? asCard(value) : broken(unfit);
}

function asCard(value: JsonValue): FoundCard {
  const card = cardIn(value) ?? (isMap(value) ? value : undefined);
  return card === undefined
    ? broken('A model card is a map of keys to values.')
    : { kind: 'card', card };
}

const isMap = (value: JsonValue): value is Card =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Looks for a card in Markdown that may hold none: in the front matter of a Hugging Face README or
 * in a fenced block of YAML or JSON. Data that is not about a card is passed over.
 */
export function cardInMarkdown(content: string | Uint8Array): FoundCard {
  const text = typeof content === 'string' ? content : decodeUtf8(content);
  if (text === undefined) return broken('The text is not UTF-8.');
  if (text.length > DOCUMENT_LIMITS.characters) {
    return broken(`The text has more than ${DOCUMENT_LIMITS.characters} characters.`);
  }
  const front = frontMatter(text);
  const blocks = [...(front === undefined ? [] : [front]), ...fencedData(text)];
  let problem: string | undefined;
  for (const block of blocks) {
    const read = readDocument(block.text);
    if (read.ok) {
      const card = cardIn(read.value);
      if (card !== undefined) return { kind: 'card', card };
    } else if (/^\s*(?:model_card|intended_use|fairness_metrics)\b/m.test(block.text)) {
      problem ??= `The block at line ${block.line}: ${read.problem}`;
    }
  }
  return problem === undefined ? NONE : broken(problem);
}
