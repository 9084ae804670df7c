const TEXT_DOUBLES = { type: 'string', enum: ['NaN', 'Infinity', '-Infinity'] };

/**
 * The contract as it is shown to others. Wherever it has a double it also has the three texts that
 * protobuf's JSON prints for what JSON has no number for; inside, readers and types know that.
 */
export function withTextDoubles(part: unknown): unknown {
  if (Array.isArray(part)) return part.map(withTextDoubles);
  if (typeof part !== 'object' || part === null) return part;
  const { type, format } = part as { type?: unknown; format?: unknown };
  if (type === 'number' && format === 'double') return { anyOf: [part, TEXT_DOUBLES] };
  return Object.fromEntries(
    Object.entries(part).map(([name, inner]) => [name, withTextDoubles(inner)]),
  );
}
