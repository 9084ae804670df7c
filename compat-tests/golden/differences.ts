/** A difference between a golden answer and ours that is meant. The requests must be equal. */
export interface GoldenDifference {
  readonly name: string;
  readonly reason: string;
  /** Method and path. */
  readonly on: RegExp;
  /** Status, type and JSON of each answer. */
  readonly golden: RegExp;
  readonly ours: RegExp;
}

/** All of them stand in docs/differences.md too. */
export const DIFFERENCES: readonly GoldenDifference[] = [
  {
    name: 'no SQL in a message',
    reason: 'Stock prints the statement and its values. Code and status are the same.',
    on: /experiments\/create$/,
    golden: /^400 .*"RESOURCE_ALREADY_EXISTS".*already exists\. Error: \(sqlite3\.IntegrityError\)/,
    ours: /^400 .*"RESOURCE_ALREADY_EXISTS".*already exists\."/,
  },
  {
    name: 'a deleted experiment is not renamed',
    reason: 'Stock says the same with 500, and clients repeat a 500 for minutes.',
    on: /experiments\/update$/,
    golden: /^500 .*"INVALID_STATE".*"Cannot rename a non-active experiment\."/,
    ours: /^400 .*"INVALID_STATE".*"Cannot rename a non-active experiment\."/,
  },
  {
    name: 'an empty file has a size',
    reason: 'Stock leaves out a size of 0, as if it were not known.',
    on: /^GET .*\/mlflow-artifacts\/artifacts$/,
    golden: /^200 .*\{"path":"empty\.txt","is_dir":false\}/,
    ours: /^200 .*\{"path":"empty\.txt","is_dir":false,"file_size":0\}/,
  },
  {
    name: 'no gateway',
    reason: 'The server has no gateway for language models.',
    on: /server-info$/,
    golden: /^200 .*"gateway":true/,
    ours: /^200 .*"gateway":false/,
  },
  {
    name: 'a status by its name',
    reason: 'Stock compares the name with the number that it stores, and never finds one.',
    on: /logged-models\/search$/,
    golden: /^200 application\/json \{\}$/,
    ours: /^200 .*"LOGGED_MODEL_READY"/,
  },
  {
    name: "the caller's mistake is a 400",
    reason: 'Stock answers 500, and clients repeat a 500 for minutes.',
    on: /logged-models\/search$/,
    golden: /^500 .*has no attribute 'colour'/,
    ours: /^400 .*"INVALID_PARAMETER_VALUE".*Invalid attribute key 'colour'/,
  },
  {
    name: 'the tags of a trace whose spans came first',
    reason: 'Stock stores the tags that come with a trace, but leaves them out of its answer.',
    on: /3\.0\/mlflow\/traces$/,
    golden: /^200 (?!.*"team":)/,
    ours: /^200 .*"tags":\{[^}]*"team":"/,
  },
];
