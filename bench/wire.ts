/** The parts of MLflow's answers that the benchmark reads. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

export interface MetricPoint {
  readonly key: string;
  readonly value: number;
  readonly timestamp: number;
  readonly step: number;
}

export interface Run {
  readonly info: {
    readonly run_id: string;
    readonly run_name?: string;
    readonly start_time: number;
  };
  readonly data: {
    readonly metrics?: readonly MetricPoint[];
    readonly params?: readonly Pair[];
    readonly tags?: readonly Pair[];
  };
}

export interface RunAnswer {
  readonly run: Run;
}

export interface SearchAnswer {
  readonly runs?: readonly Run[];
  readonly next_page_token?: string;
}

export interface HistoryAnswer {
  readonly metrics?: readonly MetricPoint[];
}
