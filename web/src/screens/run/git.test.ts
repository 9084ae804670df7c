import { expect, it } from 'vitest';
import { commitLink } from './git.ts';

const COMMIT = 'a94a8fe5ccb19ba61c4c0873d391e987982fbbd3';

it.each([
  ['git@github.com:team/project.git', `https://github.com/team/project/commit/${COMMIT}`],
  ['https://me:secret@github.com/team/p', `https://github.com/team/p/commit/${COMMIT}`],
  ['ssh://git@gitlab.corp/team/p.git', `https://gitlab.corp/team/p/-/commit/${COMMIT}`],
  ['https://bitbucket.org/team/p', `https://bitbucket.org/team/p/commits/${COMMIT}`],
  ['javascript:alert(1)//', undefined],
  ['/srv/repository', undefined],
  [undefined, undefined],
])('links a commit of %s', (repository, expected) => {
  expect(commitLink(repository, COMMIT)).toBe(expected);
});

it('links no text that is not a commit', () => {
  expect(commitLink('https://github.com/team/p', '../../evil')).toBeUndefined();
});
