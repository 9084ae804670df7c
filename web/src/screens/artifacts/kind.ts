/** How a file is shown. */
export type FileKind = 'text' | 'markdown' | 'json' | 'table' | 'image' | 'html' | 'pdf' | 'none';

const KINDS: readonly (readonly [FileKind, RegExp])[] = [
  ['image', /\.(?:png|jpe?g|gif|webp|bmp|svg|avif|ico)$/i],
  ['html', /\.html?$/i],
  ['pdf', /\.pdf$/i],
  ['table', /\.(?:csv|tsv)$/i],
  ['json', /\.(?:json|geojson|ipynb)$/i],
  ['markdown', /\.(?:md|markdown)$/i],
  [
    'text',
    /\.(?:txt|log|ya?ml|toml|ini|cfg|conf|py|pyi|r|js|ts|sh|sql|xml|jsonl|rst|env|lock|properties|java|scala|go|rs|c|cpp|h|css|tex|diff|patch)$|(?:^|\/)(?:MLmodel|MLproject|Dockerfile|LICENSE|README|requirements)$/i,
  ],
];

export const kindOf = (path: string): FileKind =>
  KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? 'none';

const IMAGES: Readonly<Record<string, string>> = {
  svg: 'image/svg+xml',
  jpg: 'image/jpeg',
  ico: 'image/x-icon',
};

/** The type that an image's name stands for. */
export function imageType(path: string): string {
  const end = path.slice(path.lastIndexOf('.') + 1).toLowerCase();
  return IMAGES[end] ?? `image/${end}`;
}
