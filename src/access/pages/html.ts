import { createHash } from 'node:crypto';

const STYLE =
  'body{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:4rem auto;padding:0 1rem;color:#1c2733}' +
  'h1{font-size:1.4rem}label{display:block;margin:1rem 0 .25rem}' +
  'input{box-sizing:border-box;width:100%;padding:.5rem;font:inherit;border:1px solid #8796a5;border-radius:4px}' +
  'button,a.button{display:block;box-sizing:border-box;width:100%;margin-top:1.5rem;padding:.6rem;font:inherit;' +
  'text-align:center;text-decoration:none;color:#fff;background:#0b5cad;border:0;border-radius:4px}' +
  '[role=alert]{padding:.5rem .75rem;border-left:4px solid #b3261e;background:#fdecea}';

/** What a browser lets these pages do: nothing but show themselves and send their form here. */
export const SIGN_IN_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

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
  readonly action: string;
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
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(page.title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1>${escaped(page.title)}</h1>`,
    message === undefined ? '' : `<p role="alert">${escaped(message)}</p>`,
    `<form method="post" action="${escaped(page.action)}">${hidden.join('')}${fields.join('')}`,
    `<button type="submit">${escaped(page.button)}</button></form>`,
    link === undefined
      ? ''
      : `<a class="button" href="${escaped(link.href)}">${escaped(link.text)}</a>`,
    '</main></body></html>\n',
  ].join('');
}
