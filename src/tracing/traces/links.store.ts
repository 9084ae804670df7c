import type { Transaction } from '../../platform/db/database.js';

export interface PromptVersion {
  readonly name: string;
  readonly version: string;
}

const RUN_LINKS = {
  table: 'trace_run_links',
  columns: { run_id: 'text', trace_id: 'text' },
  conflict: 'on conflict do nothing',
} as const;
const PROMPT_LINKS = {
  table: 'trace_prompt_links',
  columns: { trace_id: 'text', name: 'text', version: 'text' },
  conflict: 'on conflict do nothing',
} as const;

/** SQL of what ties traces to runs and to prompts. A link that is there already stays. */
export class TraceLinkStore {
  async addRuns(tx: Transaction, runId: string, traceIds: readonly string[]): Promise<void> {
    const rows = [...new Set(traceIds)].map((traceId) => [runId, traceId] as const);
    if (rows.length > 0) await tx.insert(RUN_LINKS, rows);
  }

  async addPrompts(
    tx: Transaction,
    traceId: string,
    prompts: readonly PromptVersion[],
  ): Promise<void> {
    const rows = prompts.map(({ name, version }) => [traceId, name, version] as const);
    await tx.insert(PROMPT_LINKS, rows);
  }
}
