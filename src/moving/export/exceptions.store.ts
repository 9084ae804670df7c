import type { Row } from '../family.js';
import type { Exception } from './ours.store.js';
import { asPromoted } from './promoted.js';

interface Compared extends Exception {
  /** How a row of ours reads in MLflow's database. */
  readonly reads?: (row: Row) => Row;
}

/** By the title of the family. */
const EXCEPTIONS: Readonly<Record<string, Compared>> = {
  'logged model metrics': {
    where: 'exists (select 1 from runs r where r.run_id = t.run_id)',
  },
  'span metrics': {
    where: 'exists (select 1 from spans s where s.trace = t.trace and s.span_id = t.span_id)',
  },
  // They are disabled there, since secrets stay here.
  webhooks: { read: { status: "case when t.secret is null then t.status else 'DISABLED' end" } },
  'trace metadata': { reads: asPromoted },
};

export const exceptionOf = (title: string): Compared => EXCEPTIONS[title] ?? {};
