import { createHash } from 'node:crypto';

/** As the application looks, light and dark, of which these pages can load nothing. */
const STYLE = [
  ':root{color-scheme:light dark;--ground:#f6f7f9;--surface:#fff;--line:#e2e6ec;--edge:#8a93a3;--text:#171c26;',
  '--accent:#3450d6;--strong:#2740b8;--on-accent:#fff;--bad:#b3261e;--bad-soft:#fdeceb}',
  '@media(prefers-color-scheme:dark){:root{--ground:#0e1117;--surface:#151a23;--line:#262d3a;--edge:#6b7587;',
  '--text:#e7eaf0;--accent:#8ea2ff;--strong:#a9b8ff;--on-accent:#0d1330;--bad:#ff9a92;--bad-soft:#3b1817}}',
  '*{box-sizing:border-box}',
  'body{display:grid;place-items:center;min-height:100vh;margin:0;padding:1rem;background:var(--ground);',
  'color:var(--text);font:15px/1.5 Inter,"Segoe UI",system-ui,sans-serif}',
  'main{width:min(25rem,100%);padding:2rem;border:1px solid var(--line);border-radius:14px;background:var(--surface)}',
  '.brand{display:flex;gap:.6rem;align-items:center;margin:0 0 1.5rem;font-weight:650;font-size:1.05rem}',
  'h1{margin:0 0 1rem;font-size:1.35rem}label{display:block;margin:1rem 0 .3rem;font-weight:550}',
  'input{width:100%;padding:.55rem .7rem;font:inherit;border:1px solid var(--edge);border-radius:7px;',
  'background:var(--ground);color:inherit}',
  'button,a.button{display:block;width:100%;margin-top:1.5rem;padding:.6rem;font:inherit;font-weight:600;',
  'text-align:center;text-decoration:none;color:var(--on-accent);background:var(--accent);',
  'border:1px solid transparent;border-radius:7px;cursor:pointer}',
  'button:hover{background:var(--strong)}',
  'a.button{margin-top:.75rem;color:inherit;background:none;border-color:var(--edge)}',
  'a.button:hover{background:var(--ground)}',
  ':focus-visible{outline:2px solid var(--accent);outline-offset:2px}',
  '[role=alert]{margin:0 0 1rem;padding:.6rem .8rem;border-radius:7px;background:var(--bad-soft);',
  'color:var(--bad);overflow-wrap:anywhere}',
].join('');

const MARK =
  '<svg viewBox="0 0 32 32" width="30" height="30" aria-hidden="true"><rect width="32" height="32" rx="8" ' +
  'fill="#3450d6"/><path d="M8 22V10m0 12h16M12 19l4-5 3 3 5-7" fill="none" stroke="#fff" stroke-width="2.4" ' +
  'stroke-linecap="round" stroke-linejoin="round"/></svg>';

/**
 * Takes what stands behind the `#` along to the identity provider and back: a browser sends it to no
 * server, and a link, unlike a form without an action, has it not.
 */
const SCRIPT =
  "const link=document.querySelector('a.button');if(location.hash){const to=new URL(link.href);" +
  "to.searchParams.set('next',(to.searchParams.get('next')||'/')+location.hash);link.href=to}";

const digestOf = (text: string): string =>
  `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** What a browser lets these pages do: nothing but show themselves and send their form here. */
const POLICY = [
  "default-src 'none'",
  `style-src ${digestOf(STYLE)}`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The policy of a page: only one that leads to an identity provider has a script, of one line. */
export const policyOf = ({ link }: Pick<FormPage, 'link'>): string =>
  link === undefined ? POLICY : `${POLICY}; script-src ${digestOf(SCRIPT)}`;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** For text and for attributes in double quotes. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);

/** One field of a form; what was typed before comes again, but passwords never do. */
export interface Field {
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'password';
  readonly autocomplete: string;
  readonly value?: string;
}

/** A page with one form, and perhaps a link beside it. */
export interface FormPage {
  readonly title: string;
  /**
   * Without one the form goes to where the page is, with what stands behind the `#` there: so that
   * whoever was sent here from a screen comes back to it.
   */
  readonly action?: string;
  readonly fields: readonly Field[];
  readonly hidden: Readonly<Record<string, string>>;
  readonly button: string;
  readonly message?: string | undefined;
  readonly link?: { readonly href: string; readonly text: string } | undefined;
}

export function printForm(page: FormPage): string {
  const hidden = Object.entries(page.hidden).map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const fields = page.fields.map(
    ({ name, label, type, autocomplete, value = '' }) =>
      `<label for="${name}">${escaped(label)}</label><input id="${name}" name="${name}" ` +
      `type="${type}" autocomplete="${autocomplete}" value="${escaped(value)}" required>`,
  );
  const { link, message } = page;
  const action = page.action === undefined ? '' : ` action="${escaped(page.action)}"`;
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(page.title)}</title><style>${STYLE}</style></head><body><main>`,
    `<p class="brand">${MARK}Runledger</p>`,
    `<h1>${escaped(page.title)}</h1>`,
    message === undefined ? '' : `<p role="alert">${escaped(message)}</p>`,
    `<form method="post"${action}>${hidden.join('')}${fields.join('')}`,
    `<button type="submit">${escaped(page.button)}</button></form>`,
    link === undefined
      ? ''
      : `<a class="button" href="${escaped(link.href)}">${escaped(link.text)}</a><script>${SCRIPT}</script>`,
    '</main></body></html>\n',
  ].join('');
}
