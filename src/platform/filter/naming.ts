import { invalidParameter } from '../../errors.js';
import type { Naming } from './language.js';
import { withoutQuotes } from './value-types.js';

const withoutBackticks = (text: string): string =>
  text.length >= 2 && text.startsWith('`') && text.endsWith('`') ? text.slice(1, -1) : text;

const unquote = (key: string): string => withoutBackticks(withoutQuotes(key) ?? key);

interface DottedOptions {
  /** Every accepted prefix with the entity that it means. */
  readonly prefixes: ReadonlyMap<string, string>;
  readonly unknownPrefix: (prefix: string) => string;
  /** The prefix itself may stand in backticks. */
  readonly quotedPrefix?: boolean;
  readonly quotedAttributes?: Naming['quotedAttributes'];
}

/** Names of the form `<prefix>.<key>`, split at the first dot; a bare name is an attribute. */
export function dotted(options: DottedOptions): Naming {
  const { prefixes, unknownPrefix, quotedPrefix = false } = options;
  return {
    split(text) {
      const dot = text.indexOf('.');
      if (dot < 0) return { entity: 'attribute', key: text };
      const written = text.slice(0, dot);
      const prefix = quotedPrefix ? withoutBackticks(written) : written;
      const entity = prefixes.get(prefix);
      if (entity === undefined) throw invalidParameter(unknownPrefix(prefix));
      return { entity, key: text.slice(dot + 1) };
    },
    unquote,
    quotedAttributes: options.quotedAttributes ?? 'looked up',
  };
}
