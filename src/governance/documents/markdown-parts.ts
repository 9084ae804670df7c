/** A piece of a Markdown text that holds data. */
export interface DataBlock {
  readonly text: string;
  /** The line that it begins in, from 1 on. */
  readonly line: number;
}

const FENCE = /^ {0,3}(`{3,}|~{3,})\s*([\w.+-]*)/;
const DATA = new Set(['yaml', 'yml', 'json', 'model_card', 'model-card']);

/** @returns what stands between the `---` lines at the very beginning, if anything does */
export function frontMatter(markdown: string): DataBlock | undefined {
  const lines = linesOf(markdown);
  if (lines[0]?.trimEnd() !== '---') return undefined;
  const end = lines.findIndex((line, index) => index > 0 && /^(?:---|\.\.\.)\s*$/.test(line));
  if (end === -1) return undefined;
  return { text: lines.slice(1, end).join('\n'), line: 2 };
}

/** @returns the fenced blocks that are marked as YAML, JSON or a model card, in their order */
export function fencedData(markdown: string): readonly DataBlock[] {
  const blocks: DataBlock[] = [];
  let open: { mark: string; from: number; isData: boolean } | undefined;
  linesOf(markdown).forEach((line, index, lines) => {
    const fence = FENCE.exec(line);
    if (open === undefined) {
      if (fence === null) return;
      const isData = DATA.has((fence[2] ?? '').toLowerCase());
      open = { mark: fence[1] ?? '', from: index + 1, isData };
      return;
    }
    const closes = fence?.[1]?.startsWith(open.mark) && /^\s*[`~]+\s*$/.test(line);
    if (!closes) return;
    if (open.isData) {
      blocks.push({ text: lines.slice(open.from, index).join('\n'), line: open.from + 1 });
    }
    open = undefined;
  });
  return blocks;
}

const linesOf = (text: string): string[] => text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
