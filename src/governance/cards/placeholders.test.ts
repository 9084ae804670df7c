import { describe, expect, it } from 'vitest';
import { isPlaceholder } from './placeholders.js';

describe('a placeholder', () => {
  it.each([
    'TBD',
    ' tbd. ',
    'n/a',
    'N.A.',
    'none',
    '-',
    '...',
    '',
    'TBD TBD TBD TBD TBD TBD TBD',
    'n/a, n/a, n/a, n/a, n/a',
    'TBD: will be described after the review',
    'Lorem ipsum dolor sit amet, consectetur adipiscing',
    'To be determined',
    'to be determined by the team later on',
    '[More Information Needed]',
    '<describe what this is for>',
    '{{ intended_use }}',
    'aaaaaaaaaaaaaaaaaaaaaaaaaaa',
    'xx xx xx xx xx xx xx xx',
    'TODO',
    '????????????????????????',
  ])('is %j', (text) => {
    expect(isPlaceholder(text)).toBe(true);
  });

  it.each([
    'Analyzing user engagement in video calls.',
    'internal_video_dataset_v4',
    'ai-vision-team',
    'ビデオ通話におけるユーザーの関与を分析する。',
    'None of the outputs may decide on a loan alone.',
    'Unknown faces are not matched against any list.',
    'Nana',
    'mnist',
    'ml',
  ])('is not %j', (text) => {
    expect(isPlaceholder(text)).toBe(false);
  });
});
