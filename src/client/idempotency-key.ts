/**
 * A header that makes a call safe to repeat: the server answers a second call with the same key
 * with what the first one has made. It holds for creating runs, for a day.
 *
 * Without a key one is made up, which covers the client's own retries. Give one of your own to
 * cover a restart of your program too.
 *
 * @example
 * ```ts
 * await client.POST('/api/2.0/mlflow/runs/create', {
 *   headers: idempotencyKey('nightly-2024-05-01'),
 *   body: { experiment_id: '0' },
 * });
 * ```
 */
export const idempotencyKey = (
  key: string = crypto.randomUUID(),
): { readonly 'Idempotency-Key': string } => ({ 'Idempotency-Key': key });
