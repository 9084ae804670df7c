import { DIFFERENCES } from '../differences.js';
import type { Answer, Question } from './ask.js';
import type { Difference, Expected } from './difference.js';
import { Normaliser } from './normalise.js';
import { type Answers, at, type Pair, type Side } from './pair.js';

/** What of an answer must be the same on both sides. */
export interface Comparable {
  readonly status: number;
  readonly type: string;
  /** JSON with its ids replaced, or text. */
  readonly body: unknown;
}

/** The questions of this file of tests that met a deliberate difference, by its name. */
const met = new Map<string, string[]>();

export function comparable(pair: Pair, side: Side, answer: Answer): Comparable {
  const normaliser = new Normaliser(pair.bindings, side);
  const type = (answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  const body =
    answer.json === undefined ? normaliser.text(answer.text) : normaliser.value(answer.json);
  return { status: answer.status, type, body };
}

/** @throws Error that shows the question and both answers, unless they are the same */
export function compare(pair: Pair, question: Question, answers: Answers): void {
  const stock = comparable(pair, 'stock', answers.stock);
  const ours = comparable(pair, 'ours', answers.ours);
  compareComparables(question, stock, ours);
}

/** As {@link compare}, for answers that were prepared already. */
export function compareComparables(question: Question, stock: Comparable, ours: Comparable): void {
  if (same(stock, ours)) return;
  const known = DIFFERENCES.find((difference) => applies(difference, question, stock, ours));
  if (known === undefined) throw different(describe(question, stock, ours));
  const examples = met.get(known.name) ?? [];
  examples.push(describe(question, stock, ours));
  met.set(known.name, examples);
}

/** Without a stack: where it was thrown tells nothing. */
function different(message: string): Error {
  const error = new Error(message);
  error.stack = `Error: ${message}`;
  return error;
}

const same = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

function applies(
  difference: Difference,
  question: Question,
  stock: Comparable,
  ours: Comparable,
): boolean {
  const { on, question: asked } = difference;
  if (on !== undefined && !on.test(`${question.method} ${question.path}`)) return false;
  if (asked !== undefined && !asked.test(print(question))) return false;
  return fits(difference.stock, stock) && fits(difference.ours, ours);
}

function fits(expected: Expected, { status, type, body }: Comparable): boolean {
  const message = typeof body === 'string' ? body : at(body, 'message');
  return (
    (expected.status === undefined || [expected.status].flat().includes(status)) &&
    (expected.code === undefined ||
      [expected.code].flat().includes(String(at(body, 'error_code')))) &&
    (expected.html === undefined || expected.html === (type === 'text/html')) &&
    (expected.message === undefined || expected.message.test(String(message ?? ''))) &&
    (expected.body === undefined || expected.body.test(JSON.stringify(body)))
  );
}

const SHOWN = 3_000;

function describe(question: Question, stock: Comparable, ours: Comparable): string {
  const show = ({ status, type, body }: Comparable) =>
    `${status} ${type}\n        ${JSON.stringify(body).slice(0, SHOWN)}`;
  return `${print(question)}\n  stock ${show(stock)}\n  ours  ${show(ours)}`;
}

function print({ method, path, body, headers }: Question): string {
  const text = typeof body === 'string' ? body : (JSON.stringify(body) ?? '');
  const shown = text.length > SHOWN ? `${text.slice(0, SHOWN)}... (${text.length})` : text;
  return `${method} ${path} ${headers ? `${JSON.stringify(headers)} ` : ''}${shown}`;
}

/** Prints which deliberate differences were met; with the examples when a variable asks for it. */
export function reportDifferences(): void {
  const verbose = process.env.RUNLEDGER_SHOW_DIFFERENCES !== undefined;
  for (const [name, examples] of [...met].toSorted()) {
    console.info(`deliberate difference, ${examples.length} times: ${name}`);
    if (verbose) for (const example of examples) console.info(`  ${name}: ${example}`);
  }
}
