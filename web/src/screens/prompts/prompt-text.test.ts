import { describe, expect, it } from 'vitest';
import { differences } from './differences.ts';
import { comparedText, messagesOf, variablesOf } from './prompt-text.ts';

const version = (value: string) => ({ tags: [{ key: 'mlflow.prompt.text', value }] });

describe('the text of a prompt', () => {
  it('is one message, or those of a conversation', () => {
    expect(messagesOf(version('Hello {{name}}'))).toEqual([
      { role: undefined, content: 'Hello {{name}}' },
    ]);
    const chat = version(
      '[{"role":"system","content":"Be short."},{"role":"user","content":"{{ q }}"}]',
    );
    expect(messagesOf(chat).map(({ role }) => role)).toEqual(['system', 'user']);
    expect(comparedText(chat)).toBe('[system]\nBe short.\n\n[user]\n{{ q }}');
    expect(messagesOf(version('[1, 2]'))[0]?.content).toBe('[1, 2]');
  });

  it('names its variables once each', () => {
    expect(variablesOf(version('{{a}} {{ b.c }} {{a}} {d}'))).toEqual(['a', 'b.c']);
  });
});

it('puts lines that two texts share on one height', () => {
  expect(differences('a\nb\nc', 'a\nx\nc')).toEqual([
    { before: 'a', after: 'a' },
    { before: 'b', after: undefined },
    { before: undefined, after: 'x' },
    { before: 'c', after: 'c' },
  ]);
});
