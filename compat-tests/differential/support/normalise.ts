import type { Bindings, Side } from './pair.js';

/** Lists whose order is no part of the contract. */
const UNORDERED = new Set([
  ...['metrics', 'params', 'tags', 'aliases', 'latest_versions', 'model_inputs', 'model_outputs'],
  ...['datasetInputs', 'modelInputs', 'modelOutputs', 'modelVersions'],
  ...['dataset_inputs', 'dataset_summaries', 'assessments', 'request_metadata'],
  ...['experiment_ids', 'records'],
]);
/** A number up to 1000, that included. */
const RANDOM_NAME = /^[a-z]+-[a-z]+-\d{1,4}$/;
/** Members that hold JSON as a text, in which members may come in any order. */
const TEXTS_OF_JSON = new Set(['tags', 'records', 'serialized_scorer']);
/** Evaluation datasets have a digest of their name and a time. */
const DIGEST_OF_NOW = /^[0-9a-f]{8}$/;
const TIMESTAMP = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/;
const DAY_MS = 86_400_000;

/**
 * Makes answers of two servers comparable: ids get their common names, times of today and random
 * names a mark, lists without an order are sorted.
 */
export class Normaliser {
  readonly #ids = new Map<string, string>();
  readonly #experiments = new Map<string, string>();

  constructor(bindings: Bindings, side: Side) {
    for (const [name, bound] of Object.entries(bindings)) {
      const names = bound.kind === 'experiment' ? this.#experiments : this.#ids;
      names.set(bound[side], `@${name}`);
    }
  }

  value(value: unknown, key = ''): unknown {
    if (typeof value === 'string') return this.#string(value, key);
    if (typeof value === 'number') {
      return key === 'experiment_id' ? this.#string(String(value), key) : numberOf(value);
    }
    if (Array.isArray(value)) {
      const name = key === 'experiment_ids' ? 'experiment_id' : '';
      const items = value.map((item) => this.value(item, name));
      return UNORDERED.has(key) ? items.toSorted(byText) : items;
    }
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([name, inner]) => [name, this.value(inner, name)]);
    members.sort(([one], [other]) => (String(one) < String(other) ? -1 : 1));
    return Object.fromEntries(members);
  }

  #json(text: string, key: string): unknown {
    try {
      return { [`JSON of ${key}`]: this.value(JSON.parse(text), key) };
    } catch {
      return text;
    }
  }

  #string(text: string, key: string): unknown {
    if (key === 'next_page_token') return '<token>';
    if (key === 'digest' && DIGEST_OF_NOW.test(text)) return '<digest>';
    if (TEXTS_OF_JSON.has(key) && /^[[{]/.test(text)) return this.#json(text, key);
    if (key === 'experiment_id') return this.#experiments.get(text) ?? '<experiment>';
    if (RANDOM_NAME.test(text)) return '<random name>';
    if (TIMESTAMP.test(text) && isOfToday(Date.parse(text))) return '<now>';
    return this.text(text);
  }

  /** Ids inside of a longer text, such as a message or a URI. */
  text(text: string): string {
    return text
      .replace(/\bm-[0-9a-f]{32}\b/g, (id) => this.#ids.get(id) ?? '<model id>')
      .replace(/\bd-[0-9a-f]{32}\b/g, (id) => this.#ids.get(id) ?? '<dataset id>')
      .replace(/\b(?:iss|ls|rq)-[0-9a-f]{32}\b/g, (id) => this.#ids.get(id) ?? '<id>')
      .replace(
        /\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g,
        (id) => this.#ids.get(id) ?? '<id>',
      )
      .replace(/(?<![0-9a-f])[0-9a-f]{32}(?![0-9a-f])/g, (id) => this.#ids.get(id) ?? '<id>')
      .replace(
        /(mlflow-artifacts:\/|')(\d+)(?=\/(?:@|<|models|traces))|(mlflow-artifacts:\/)(\d+)$/g,
        (_, one, id, other, last) =>
          `${one ?? other}${this.#experiments.get(id ?? last) ?? '<experiment>'}`,
      )
      .replace(
        /([Ee]xperiment (?:with id )?|id=)(\d+)(?![\w.])/g,
        (_, before: string, id: string) => before + (this.#experiments.get(id) ?? id),
      )
      .replace(/\{('[^']*'(?:, '[^']*')*)\}/g, (_, items: string) => `{${sortedItems(items)}}`);
  }
}

/** Python prints a set in any order. */
const sortedItems = (items: string): string => items.split(', ').toSorted().join(', ');

const byText = (one: unknown, other: unknown): number =>
  JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;

function numberOf(value: number): unknown {
  if (Object.is(value, -0)) return '-0';
  return isOfToday(value) ? '<now>' : value;
}

const isOfToday = (ms: number): boolean => Math.abs(ms - Date.now()) < DAY_MS;
