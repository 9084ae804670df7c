/** A statement with `?` placeholders, and what is bound to them. */
export interface Sent {
  readonly sql: string;
  readonly values: readonly unknown[];
}

interface Node {
  readonly next: Map<string, Node>;
  sql: string | undefined;
}

const newNode = (): Node => ({ next: new Map(), sql: undefined });

/** The same changes come in the same order again and again: their joint text is put together once. */
const root = newNode();
let kept = 0;
const MAX_KEPT = 2_000;

/**
 * Changes of one state of the database as one statement: each is a part of it that nobody reads.
 * None may touch a row that another one touches, or read what it changes.
 */
export function inOne(statements: readonly Sent[]): Sent {
  const [first, ...others] = statements;
  if (first !== undefined && others.length === 0) return first;
  let node = root;
  for (const { sql } of statements) {
    let next = node.next.get(sql);
    if (next === undefined) {
      next = newNode();
      if (kept < MAX_KEPT) {
        kept += 1;
        node.next.set(sql, next);
      }
    }
    node = next;
  }
  node.sql ??= joined(statements);
  return { sql: node.sql, values: statements.flatMap(({ values }) => [...values]) };
}

const joined = (statements: readonly Sent[]): string =>
  `with ${statements.map(({ sql }, index) => `change_${index} as (${sql})`).join(', ')} select 1`;
