/** What is known of the data contract of a version. */
export interface ContractFacts {
  readonly state: 'absent' | 'kept' | 'broken' | 'unreadable';
  /** What doesn't fit, one sentence each. */
  readonly problems: readonly string[];
  /** SHA-256 of the contract's text. */
  readonly digest?: string | undefined;
  readonly uri?: string | undefined;
}
