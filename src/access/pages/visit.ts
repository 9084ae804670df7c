import type { IncomingMessage, ServerResponse } from 'node:http';
import { originOf } from '../../platform/http/incoming-call.js';
import type { By, Caller } from '../../platform/http/operation.js';
import { headersOf, sendText } from '../../platform/http/reply.js';
import { formToken } from './forms.js';
import { type FormPage, policyOf, printForm } from './html.js';

/** A request for one of the pages. */
export interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly search: URLSearchParams;
  readonly isSecure: boolean;
  readonly address: string;
}

export type Handle = (visit: Visit) => Promise<void>;

/** Answers with a form, and with the cookie that its token must agree with. */
export function show(
  { request, response, isSecure }: Visit,
  status: number,
  page: FormPage,
  headers: Readonly<Record<string, string>> = {},
): void {
  const { token, cookie } = formToken(request, isSecure);
  const text = printForm({ ...page, hidden: { ...page.hidden, csrf_token: token } });
  sendText(response, status, 'text/html; charset=utf-8', text, {
    ...headers,
    'Set-Cookie': cookie,
    'Cache-Control': 'no-store',
    'Content-Security-Policy': policyOf(page),
    'Referrer-Policy': 'same-origin',
  });
}

export function redirect(response: ServerResponse, to: string, cookies: readonly string[]): void {
  response.writeHead(303, {
    ...headersOf(response, { Location: to, 'Cache-Control': 'no-store', 'Content-Length': 0 }),
    ...(cookies.length > 0 ? { 'Set-Cookie': [...cookies] } : {}),
  });
  response.end();
}

/** @returns who does what a page is for, for the audit log */
export const byOf = (request: IncomingMessage, caller: Caller, address: string): By => ({
  caller,
  origin: originOf(request, address),
});
