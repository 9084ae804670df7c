import { setTimeout as sleep } from 'node:timers/promises';
import { type Answer, ask, type Question } from './ask.js';

export type Side = 'stock' | 'ours';
export const SIDES = ['stock', 'ours'] as const;

/** What an id is the id of: a number of an experiment means nothing outside of its fields. */
export type Kind = 'experiment' | 'id';

/** Names for ids that differ between the two servers. */
export type Bindings = Record<string, { kind: Kind; stock: string; ours: string }>;

export interface Answers {
  readonly stock: Answer;
  readonly ours: Answer;
}

/**
 * Two servers that are asked the same. A question names ids as `@{name}`; each server is sent its
 * own. `@{fresh}` is a text that no other question gets.
 */
export class Pair {
  readonly urls: Readonly<Record<Side, string>>;
  readonly bindings: Bindings;
  #fresh = 0;
  readonly #prefix: string;

  constructor(urls: Readonly<Record<Side, string>>, bindings: Bindings = {}, prefix = 'f') {
    this.urls = urls;
    this.bindings = bindings;
    this.#prefix = prefix;
  }

  /** Asks both at once. */
  async ask(question: Question): Promise<Answers> {
    this.#fresh += 1;
    const [stock, ours] = await Promise.all(
      SIDES.map((side) => ask(this.urls[side], this.spell(question, side))),
    );
    if (stock === undefined || ours === undefined) throw new Error('unreachable');
    return { stock, ours };
  }

  /** Asks both for something that both must do, in another millisecond than what comes next. */
  async must(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answers> {
    const answers = await this.ask({ method, path, body, headers });
    for (const side of SIDES) {
      const { status, text } = answers[side];
      if (status !== 200)
        throw new Error(`${side} answers ${status} to ${method} ${path}: ${text}`);
    }
    await sleep(2);
    return answers;
  }

  /** Remembers the ids that both have given to one thing. */
  bind(name: string, kind: Kind, answers: Answers, find: (json: unknown) => unknown): void {
    const [stock, ours] = SIDES.map((side) => String(find(answers[side].json)));
    if (stock === undefined || ours === undefined) return;
    this.bindings[name] = { kind, stock, ours };
  }

  /** The question as one side is asked it, with its own ids. */
  spell(question: Question, side: Side): Question {
    const spell = (text: string): string =>
      text.replace(/(?:@\{|%40%7B)(\w+)(?:\}|%7D)/g, (_, name: string) => {
        if (name === 'fresh') return `${this.#prefix}${this.#fresh}`;
        const bound = this.bindings[name];
        if (bound === undefined) throw new Error(`Nothing is called ${name}`);
        return bound[side];
      });
    const { body, headers = {} } = question;
    const spelled = Object.entries(headers).map(([name, value]) => [name, spell(value)]);
    const rest = { ...question, headers: Object.fromEntries(spelled) };
    if (body === undefined || Buffer.isBuffer(body)) {
      return { ...rest, path: spell(question.path) };
    }
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { ...rest, path: spell(question.path), body: spell(text) };
  }
}

/** Follows member names and indices into a JSON value. */
export function at(json: unknown, ...path: (string | number)[]): unknown {
  return path.reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null
        ? (value as Record<string | number, unknown>)[key]
        : undefined,
    json,
  );
}
