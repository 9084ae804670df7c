/** Of a table with fewer rows nobody notices that all of it is read. */
export const MOST_ROWS = 3_000;

/** A statement of an interactive call that reads a whole table. */
export interface Finding {
  readonly table: string;
  readonly how: string;
  readonly statement: string;
}

/** Watches what a server sends to its database, and how that is carried out. */
export interface PlanCheck {
  /** What the server needs in its environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Before the server that is watched starts. */
  begin(): Promise<void>;
  /** @returns how many statements were seen, and those that read a whole large table */
  end(): Promise<{ readonly statements: number; readonly findings: readonly Finding[] }>;
}
