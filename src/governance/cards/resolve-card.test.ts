import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FACE_CARD, FACE_CARD_YAML } from '../testing/cards.js';
import { cardInMarkdown } from './find-card.js';
import { CARD_PLACES, type CardCandidate, isCardFile, resolveCard } from './resolve-card.js';

const ofOwner = (owner: string) => FACE_CARD_YAML.replace('ai-vision-team', owner);

const README = `---
license: apache-2.0
model-index: []
model_card:
${FACE_CARD_YAML.replace(/^/gm, '  ').trimEnd()}
---
# FaceSentimentAnalyzer
`;

const DESCRIPTION = `Our best one.

\`\`\`yaml
learning_rate: 0.1
\`\`\`

~~~yaml
${FACE_CARD_YAML}~~~
`;

describe('the six places of a card', () => {
  const all: CardCandidate[] = [
    { place: 'endpoint', content: ofOwner('endpoint') },
    { place: 'tag', content: ofOwner('tag') },
    { place: 'model_artifact', path: 'MODEL_CARD.yaml', content: ofOwner('model_artifact') },
    { place: 'mlmodel', content: { value: { ...FACE_CARD, owner: 'mlmodel' } } },
    {
      place: 'run_artifact',
      path: 'model/MODEL_CARD.yaml',
      content: Buffer.from(ofOwner('run_artifact')),
    },
    { place: 'description', content: DESCRIPTION.replace('ai-vision-team', 'description') },
  ];

  it.each(CARD_PLACES.map((place, index) => [place, index] as const))(
    'give the card of %s if nothing stands before it',
    (place, index) => {
      const shuffled = all.slice(index).reverse();
      const resolved = resolveCard(shuffled);
      expect(resolved).toMatchObject({ kind: 'card', place, card: { owner: place } });
      expect(resolved.kind === 'card' && resolved.conflicts).toHaveLength(5 - index);
    },
  );

  it('tell where they contradict each other, and in what', () => {
    const resolved = resolveCard([
      { place: 'tag', content: FACE_CARD_YAML },
      { place: 'model_artifact', path: 'README.md', content: README },
      { place: 'run_artifact', path: 'MODEL_CARD.json', content: '{"owner": ' },
      { place: 'mlmodel', content: { value: { ...FACE_CARD, owner: 'x', version: '1.0.0' } } },
    ]);
    expect(resolved).toMatchObject({
      place: 'tag',
      conflicts: [
        { place: 'mlmodel', differing: ['owner', 'version'] },
        { place: 'run_artifact', path: 'MODEL_CARD.json', problem: expect.any(String) },
      ],
    });
  });

  it('prefer files of a folder in their order, wherever the folder lies', () => {
    const file = (path: string): CardCandidate => ({
      place: 'model_artifact',
      path,
      content: path.endsWith('.md') ? README : ofOwner(path),
    });
    const first = (...paths: string[]) => {
      const resolved = resolveCard(paths.map(file));
      return resolved.kind === 'none' ? 'none' : resolved.path;
    };
    expect(first('README.md', 'model_card.yaml', 'MODEL_CARD.json')).toBe('MODEL_CARD.json');
    expect(first('artifacts/MODEL_CARD.yaml', 'README.md')).toBe('README.md');
    expect(isCardFile('README.md')).toBe(true);
    expect(isCardFile('model.pkl')).toBe(false);
    expect(isCardFile('x/README.md')).toBe(false);
  });

  it('give a broken card instead of an older one behind it', () => {
    const resolved = resolveCard([
      { place: 'tag', content: 'name: [' },
      { place: 'description', content: DESCRIPTION },
    ]);
    expect(resolved).toMatchObject({ kind: 'broken', place: 'tag' });
  });

  it('pass over READMEs and descriptions that are about something else', () => {
    expect(
      resolveCard([
        { place: 'model_artifact', path: 'README.md', content: '---\nlicense: mit\n---\n# x' },
        { place: 'description', content: 'See ```yaml\nlr: 1\n``` and more' },
      ]),
    ).toEqual({ kind: 'none' });
    expect(resolveCard([])).toEqual({ kind: 'none' });
  });
});

describe('a card in Markdown', () => {
  it.each([
    ['below model_card in front matter', README],
    ['as front matter', `---\n${FACE_CARD_YAML}---\nText`],
    ['in a fence of tildes', DESCRIPTION],
    ['in a longer fence', `\`\`\`\`yml\n${FACE_CARD_YAML}\n\`\`\`\`\n`],
    ['in a fence of JSON', `\`\`\`json\n${JSON.stringify(FACE_CARD)}\n\`\`\``],
    ['with lines of Windows', README.replaceAll('\n', '\r\n')],
  ])('is found %s', (_, text) => {
    expect(cardInMarkdown(text)).toEqual({ kind: 'card', card: FACE_CARD });
  });

  it('is broken when it means to be one and can not be read', () => {
    expect(cardInMarkdown('```yaml\nintended_use: [\n```')).toMatchObject({ kind: 'broken' });
    expect(cardInMarkdown(Buffer.from('\xff\xfe', 'latin1'))).toMatchObject({ kind: 'broken' });
  });

  it('is looked for in any text without a throw', () => {
    const signs = fc.constantFrom(...'`~-yamljson:\n {}[]#'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: signs, maxLength: 300 }), (text) => {
        expect(cardInMarkdown(text).kind).toMatch(/card|none|broken/);
      }),
      { numRuns: 500 },
    );
  });
});
