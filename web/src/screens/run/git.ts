/**
 * Where a commit can be looked at, for hosts that lay their pages out alike.
 *
 * @param repository such as `git@github.com:team/project.git`, as clients log it
 */
export function commitLink(repository: string | undefined, commit: string): string | undefined {
  if (repository === undefined || !/^[0-9a-f]{7,64}$/i.test(commit)) return undefined;
  const web = repository
    .trim()
    .replace(/^(?:ssh:\/\/)?git@([\w.-]+)[:/]/, 'https://$1/')
    .replace(/\.git\/?$/, '');
  let url: URL;
  try {
    url = new URL(web);
  } catch {
    return undefined;
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return undefined;
  url.username = '';
  url.password = '';
  const part = url.hostname.includes('gitlab')
    ? '/-/commit/'
    : url.hostname.includes('bitbucket')
      ? '/commits/'
      : '/commit/';
  return `${url.origin}${url.pathname.replace(/\/$/, '')}${part}${commit}`;
}
