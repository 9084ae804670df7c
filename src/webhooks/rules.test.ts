import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { refusal } from '../platform/filter/testing/refusal.js';
import { bodyOf, headersOf } from './message.js';
import { nextAttempt } from './retries.js';
import { parseTarget } from './target.js';
import { checkName, requireEvents } from './webhooks.js';

const INVALID = 'INVALID_PARAMETER_VALUE: ';

describe('a name', () => {
  it.each(['a', 'A', '0', 'a-b_c.d', 'a'.repeat(63)])("'%s' is fine", (name) => {
    expect(refusal(() => checkName(name))).toBe('accepted');
  });

  it.each(['', ' ', '-w', 'w-', 'a.', 'a b', 'é', 'a'.repeat(64), 'a\n', 'a/b'])(
    '%j is refused',
    (name) => {
      expect(refusal(() => checkName(name))).toBe(
        `${INVALID}Webhook name '${name}' is invalid. It must start and end with a letter or digit, be less than 63 characters long, and contain only letters, digits, dots (.), underscores (_), and hyphens (-).`,
      );
    },
  );

  it('needs something to be told of', () => {
    expect(refusal(() => requireEvents([]))).toBe(
      `${INVALID}Webhook events must be a non-empty list of WebhookEvent objects: [].`,
    );
  });
});

describe('a target', () => {
  const check = (url: string, schemes = ['https']) => refusal(() => parseTarget(url, schemes));

  it.each(['https://a.example', 'HTTPS://a/b?c#d', 'https://u:p@a:8443/', 'https://[::1]/'])(
    '%s is fine',
    (url) => {
      expect(check(url)).toBe('accepted');
    },
  );

  it.each([
    ['', "Webhook URL cannot be empty or just whitespace: ''"],
    [' ', "Webhook URL cannot be empty or just whitespace: ' '"],
    ['http://a/', "Invalid webhook URL scheme: 'http'. Allowed schemes are: https."],
    ['ftp://a/', "Invalid webhook URL scheme: 'ftp'. Allowed schemes are: https."],
    ['file:///etc/passwd', "Invalid webhook URL scheme: 'file'. Allowed schemes are: https."],
    ['nothing', "Invalid webhook URL scheme: ''. Allowed schemes are: https."],
    ['https://', "Webhook URL must include a hostname: 'https://'"],
    ['https:///x', "Webhook URL must include a hostname: 'https:///x'"],
    ['https:x', "Webhook URL must include a hostname: 'https:x'"],
    ['https://\\x', "Webhook URL must include a hostname: 'https://\\x'"],
    ['https://u@/x', "Webhook URL is not a valid URL: 'https://u@/x'"],
    ['https://:80/x', "Webhook URL must include a hostname: 'https://:80/x'"],
    ['https://a b/', "Webhook URL is not a valid URL: 'https://a b/'"],
    ['https://a:99999/', "Webhook URL is not a valid URL: 'https://a:99999/'"],
    [`https://a/${'x'.repeat(2_048)}`, "'url' exceeds the maximum length of 2048 characters"],
  ])('%j is refused', (url, message) => {
    expect(check(url)).toBe(INVALID + message);
  });

  it('names the schemes that are allowed in their order', () => {
    expect(check('x://a', ['https', 'http'])).toContain('Allowed schemes are: http, https.');
  });

  it('is the host that is connected to, whatever else stands before or behind it', () => {
    const host = (url: string) => parseTarget(url, ['https']).hostname;
    expect(host('https://public.example\\@127.0.0.1/')).toBe('public.example');
    expect(host('https://public.example@127.0.0.1/')).toBe('127.0.0.1');
    expect(host('https://2130706433/')).toBe('127.0.0.1');
    expect(host('https://public.example#@127.0.0.1/')).toBe('public.example');
  });
});

describe('a message', () => {
  it('is printed as MLflow prints it', () => {
    const data = { name: 'é', tags: {}, description: null };
    expect(bodyOf({ entity: 'prompt', action: 'created' }, data, 1_700_000_000_123)).toBe(
      '{"entity": "prompt", "action": "created", "timestamp": "2023-11-14T22:13:20.123000+00:00", ' +
        '"data": {"name": "\\u00e9", "tags": {}, "description": null}}',
    );
  });

  it('is signed if there is a secret, over id, time and body', () => {
    const headers = headersOf('id', 'body', 's3cr€t', 1_999);
    const signature = createHmac('sha256', Buffer.from('s3cr€t')).update('id.1.body');
    expect(headers).toEqual({
      'Content-Type': 'application/json',
      'X-MLflow-Delivery-Id': 'id',
      'X-MLflow-Timestamp': '1',
      'X-MLflow-Signature': `v1,${signature.digest('base64')}`,
    });
    expect(headersOf('id', 'body', undefined, 1)).not.toHaveProperty('X-MLflow-Signature');
  });
});

describe('the next attempt', () => {
  const next = (attempts: number, wish: Partial<Parameters<typeof nextAttempt>[0]> = {}) =>
    nextAttempt({
      ...{ attempts, retryAfter: undefined, now: 0, deadline: 86_400_000, random: 0 },
      ...wish,
    });

  it('waits twice as long each time, up to an hour', () => {
    expect([1, 2, 3, 4, 12, 13, 40, 4_000].map((attempts) => next(attempts))).toEqual([
      1_000, 2_000, 4_000, 8_000, 2_048_000, 3_600_000, 3_600_000, 3_600_000,
    ]);
    expect(next(1, { random: 0.5, now: 7 })).toBe(1_507);
  });

  it('waits as long as the receiver wishes', () => {
    expect(next(1, { retryAfter: 60_000 })).toBe(60_000);
    expect(next(10, { retryAfter: 1_000 })).toBe(512_000);
  });

  it('does not come when it is too late', () => {
    expect(next(1, { deadline: 999 })).toBeUndefined();
    expect(next(1, { deadline: 1_000 })).toBe(1_000);
    expect(next(1, { retryAfter: 86_400_001 })).toBeUndefined();
  });
});
