import { prefixes } from '../../platform/filter/entity-rules.js';
import { dotted } from '../../platform/filter/naming.js';
import { set } from '../../platform/filter/python-text.js';

/** Every entity of a search with the prefixes that mean it. */
export const WORDS = {
  tag: ['tag', 'tags'],
  attribute: ['attribute', 'attributes', 'trace'],
  request_metadata: ['request_metadata', 'metadata'],
  span: ['span'],
  feedback: ['feedback'],
  expectation: ['expectation'],
  issue: ['issue'],
};

/** How fields of traces are named. */
export const naming = dotted({
  prefixes: prefixes(WORDS),
  unknownPrefix: (prefix) =>
    `Invalid entity type '${prefix}'. Valid values are ${set(Object.values(WORDS).flat())}`,
  quotedPrefix: true,
});
