import { type LosslessNumber, parse, stringify } from 'lossless-json';

/** One exchange of a story, made comparable: ids, times, addresses and versions are normalised. */
export interface GoldenExchange {
  readonly method: string;
  readonly path: string;
  /** The decoded query, or nothing. */
  readonly query?: string;
  readonly request?: unknown;
  readonly status: number;
  readonly type: string;
  readonly response?: unknown;
}

/** One exchange a line: a change of one shows as a change of one line. */
export function writeExchanges(exchanges: readonly GoldenExchange[]): string {
  return `[\n${exchanges.map((one) => stringify(one)).join(',\n')}\n]\n`;
}

/** Numbers keep the text that they were sent as. */
export function readExchanges(text: string): readonly GoldenExchange[] {
  const exchanges = parse(text) as { status: LosslessNumber }[];
  return exchanges.map((one) => ({
    ...(one as unknown as GoldenExchange),
    status: Number(one.status.value),
  }));
}
