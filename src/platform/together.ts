/**
 * Waits for steps of one transaction that need nothing of each other: what they ask the database
 * leaves together. Unlike `Promise.all` it waits for all of them when one fails, so that none is
 * still at work in a transaction that has ended.
 *
 * @throws what the first of them that failed has thrown
 */
export async function together<const Steps extends readonly unknown[]>(
  ...steps: { readonly [Index in keyof Steps]: Promise<Steps[Index]> }
): Promise<Steps> {
  const failures: unknown[] = [];
  const settled = await Promise.all(
    steps.map((step) =>
      step.catch((error: unknown) => {
        failures.push(error);
      }),
    ),
  );
  if (failures.length > 0) throw failures[0];
  return settled as unknown as Steps;
}
