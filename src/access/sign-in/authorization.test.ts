import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { requestWith } from '../testing/sign-in-on.js';
import { authorizationOf, BadHeader, parseAuthorization } from './authorization.js';

const encoded = (text: string | Buffer) => Buffer.from(text).toString('base64');

describe('an Authorization header', () => {
  it('is read as one thing', () => {
    expect(parseAuthorization(`Basic ${encoded('al:ice:pw')}`)).toEqual({
      kind: 'password',
      username: 'al',
      password: 'ice:pw',
    });
    expect(parseAuthorization('bearer rl_abc')).toEqual({ kind: 'bearer', token: 'rl_abc' });
    expect(parseAuthorization(`Basic ${encoded('token:rl_abc')}`)).toEqual({
      kind: 'bearer',
      token: 'rl_abc',
    });
    expect(parseAuthorization(`Basic ${encoded('token:my own password')}`)).toMatchObject({
      kind: 'password',
      username: 'token',
    });
  });

  it.each([
    ['nothing', ''],
    ['a scheme alone', 'Basic'],
    ['another scheme', 'Digest username="alice"'],
    ['a list of two', `Basic ${encoded('alice:pw')}, Basic ${encoded('bob:pw')}`],
    ['a list without spaces', `Basic ${encoded('alice:pw')},${encoded('bob:pw')}`],
    ['two bearers', 'Bearer rl_a,rl_b'],
    ['no base64', 'Basic ***'],
    ['base64 with something behind it', `Basic ${encoded('alice:pw')}=x`],
    ['base64 that decodes to no UTF-8', `Basic ${encoded(Buffer.from([0xff, 0x3a, 0xfe]))}`],
    ['no colon', `Basic ${encoded('alice')}`],
    ['no name', `Basic ${encoded(':pw')}`],
    ['NUL', `Basic ${encoded('alice\0:pw')}`],
    ['a line break', `Basic ${encoded('alice\r\nX-Admin: 1:pw')}`],
    ['letters that are no ASCII', 'Bearer töken'],
    ['an endless name', `Basic ${encoded(`${'a'.repeat(256)}:pw`)}`],
    ['an endless password', `Basic ${encoded(`a:${'p'.repeat(1_025)}`)}`],
  ])('is refused with %s', (_, header) => {
    expect(() => parseAuthorization(header)).toThrow(BadHeader);
  });

  it('is refused when it is oversized, before it is read', () => {
    const request = requestWith({ Authorization: `Bearer ${'a'.repeat(20_000)}` });
    expect(() => authorizationOf(request)).toThrow('it is too long');
  });

  it('is refused when a client sends two, of which Node shows the first', async () => {
    const seen: { header: string | undefined; refusal: unknown }[] = [];
    const server = createServer((request: IncomingMessage, response) => {
      let refusal: unknown;
      try {
        authorizationOf(request);
      } catch (error) {
        refusal = error;
      }
      seen.push({ header: request.headers.authorization, refusal });
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1', () => {
        socket.write(
          'GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer one\r\n' +
            'aUTHORIZATION: Bearer two\r\nConnection: close\r\n\r\n',
        );
      });
      socket.resume().on('close', resolve);
    });
    server.close();
    expect(seen).toEqual([{ header: 'Bearer one', refusal: expect.any(BadHeader) }]);
  });
});
