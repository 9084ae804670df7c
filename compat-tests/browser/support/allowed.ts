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

export const isAllowed = (fault: string): boolean =>
  AS_STOCK.some(({ fault: pattern }) => pattern.test(fault));
