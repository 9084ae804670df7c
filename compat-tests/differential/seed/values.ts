/** The words that the seeded data is made of; generated searches look for the same ones. */
export const KEYS = [
  ...['a', 'acc', 'lr', 'val_loss', 'mlflow.user', 'a b', 'a/b', 'train-loss', 'order', 'key'],
  ...['a.b.c', '日本', 'é'],
] as const;

export const TEXTS = [
  ...['a', 'b', 'A', 'B', 'abc', 'aB', 'x y', "it's", 'FINISHED', '日本', 'ä', 'Ä', '1', '0.5'],
  ...['', 'a_c', 'a%c', 'say "b"', 'c:\\d', '😀 b', 'line\nbreak', ' a', 'true'],
] as const;

/** As JSON takes them: what JSON has no number for is written as text. */
export const NUMBERS = [
  ...[0, -0, 1, -1, 0.5, 1.5, 1000, -0.0025, 100, 0.25, 2, 1_700_000_000_000, 1e308, -1e308],
  ...[1e-308, 5e-324, 0.1, 1 / 3, 'NaN', 'Infinity', '-Infinity', 123_456_789_012_345_680],
] as const;

/** Names that registered models and logged models may have as well. */
export const NAMES = [
  ...['a', 'b', 'A', 'aB', 'abc', 'x y', 'FINISHED', '日本', 'ä', 'Ä', '1', 'm1', 'a_c', '😀 b'],
  ...['resnet 50', 'Resnet-50', 'zebra', '0', 'a-b', 'é'],
] as const;

/** `-0` is lost by JSON.stringify. */
export const jsonOf = (value: unknown): string =>
  JSON.stringify(value, (_, inner) => (Object.is(inner, -0) ? '<-0>' : inner)).replaceAll(
    '"<-0>"',
    '-0.0',
  );
