import type { Fetch } from '../retry.js';

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

/** A `fetch` that answers with what it is given, in order, and remembers what it was sent. */
export function canned(...answers: Response[]): { fetch: Fetch; sent: Sent[] } {
  const sent: Sent[] = [];
  const fetch: Fetch = async (request) => {
    const { method, url, headers } = request;
    sent.push({ method, url, headers, body: await request.text() });
    const answer = answers[sent.length - 1];
    if (answer === undefined) throw new Error(`No answer for ${method} ${url}`);
    return answer;
  };
  return { fetch, sent };
}

/** An answer as the server gives it. */
export const json = (body: unknown, status = 200, headers: Record<string, string> = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), {
    status,
    headers: { 'Content-Type': 'application/json', ...headers },
  });
