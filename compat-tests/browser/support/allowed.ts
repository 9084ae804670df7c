interface Allowed {
  readonly fault: RegExp;
  readonly why: string;
}

/**
 * What the pages log on `mlflow server` as well, so that it says nothing about this server. To see
 * that an entry is still true run these tests with `BROWSER_SERVER=stock`.
 */
const AS_STOCK: readonly Allowed[] = [
  {
    fault: /^404 GET \/ajax-api\/2\.0\/mlflow\/users\/current$/,
    why: 'the pages ask for the user to find out that there is no sign-in',
  },
  {
    fault: /^console: null ResizeObserver loop completed with undelivered notifications\.$/,
    why: 'the drawer of a trace changes its size while it opens',
  },
];

/** Lists that pages of traces ask for on their way, of families that are not built yet. */
export const PENDING: readonly (Allowed & { readonly operation: string })[] = [
  {
    fault: /^501 POST \/ajax-api\/3\.0\/mlflow\/datasets\/search$/,
    why: 'a trace can be put into an evaluation dataset',
    operation: 'searchEvaluationDatasets',
  },
  {
    fault: /^501 GET \/ajax-api\/3\.0\/mlflow\/scorers\/list\?/,
    why: 'the traces of a run can be judged by a scorer',
    operation: 'listScorers',
  },
];

export const isAllowed = (fault: string): boolean =>
  [...AS_STOCK, ...PENDING].some(({ fault: pattern }) => pattern.test(fault));
