import { invalidParameter } from '../../errors.js';
import { checkModelName } from '../../registry/models/models.js';

/** What stands behind the name in a `models:/` URI. */
export type Selector =
  | { readonly kind: 'alias'; readonly alias: string }
  /** A version, a stage, a semantic version, a range, or `latest`. */
  | { readonly kind: 'text'; readonly text: string };

export interface ModelUri {
  readonly name: string;
  readonly selector: Selector;
}

const MAX_URI = 1_024;
const EXAMPLES = 'models:/name/Production, models:/name/3, models:/name/^1.2 or models:/name@alias';

/** @throws MlflowError 400 for what names no registered model and selector */
export function parseModelUri(uri: string): ModelUri {
  if (uri.length > MAX_URI || !uri.startsWith('models:/')) {
    throw invalidParameter(`'uri' is one such as ${EXAMPLES}.`);
  }
  const path = uri.slice('models:/'.length).replace(/^\/+/, '');
  const slash = path.indexOf('/');
  if (slash !== -1) {
    return { name: nameOf(path.slice(0, slash)), selector: selectorOf(path.slice(slash + 1)) };
  }
  const at = path.lastIndexOf('@');
  if (at === -1) {
    throw invalidParameter(
      `'${uri}' names no version of a registered model. Give one such as ${EXAMPLES}.`,
    );
  }
  return { name: nameOf(path.slice(0, at)), selector: aliasOf(path.slice(at + 1)) };
}

/** @returns the selector that a path of a URL names: `@champion` is an alias */
export const selectorOf = (text: string): Selector => {
  if (text.startsWith('@')) return aliasOf(text.slice(1));
  if (text.trim() !== '' && text.length <= 256) return { kind: 'text', text };
  throw invalidParameter(`A selector such as Production, 3, ^1.2 or @alias is needed.`);
};

/** @returns the selector as it is written */
export const selectorText = (selector: Selector): string =>
  selector.kind === 'alias' ? `@${selector.alias}` : selector.text;

/** @returns the whole URI */
export const uriOf = ({ name, selector }: ModelUri): string =>
  selector.kind === 'alias'
    ? `models:/${name}@${selector.alias}`
    : `models:/${name}/${selector.text}`;

const aliasOf = (alias: string): Selector => {
  if (alias !== '' && alias.length <= 256) return { kind: 'alias', alias };
  throw invalidParameter('The alias is missing, or longer than 256 characters.');
};

function nameOf(name: string): string {
  checkModelName(name);
  return name;
}
