import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';
import { afterAll } from 'vitest';

export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** As it came, with its headers. */
  readonly text: string;
}

/** A mail server on this machine that keeps what it is handed. */
export interface MailSink {
  readonly url: string;
  readonly received: ReceivedMail[];
  /** What it says to recipients; undefined to take them. */
  refusal: { readonly code: number; readonly message: string } | undefined;
}

/** Starts a mail server that asks for a user and a password. */
export async function startMailSink(): Promise<MailSink> {
  const server = new SMTPServer({
    authOptional: false,
    allowInsecureAuth: true,
    disabledCommands: ['STARTTLS'],
    onAuth: ({ username, password }, _, done) => {
      if (username === 'robot' && password === 'pass word') done(null, { user: username });
      else done(new Error('Invalid user or password'));
    },
    onRcptTo: (_address, _, done) => {
      const { refusal } = sink;
      if (refusal === undefined) done();
      else done(Object.assign(new Error(refusal.message), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      const parts: Buffer[] = [];
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope;
        sink.received.push({
          from: mailFrom === false ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          text: Buffer.concat(parts).toString(),
        });
        done();
      });
    },
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const sink: MailSink = {
    url: `smtp://robot:pass%20word@127.0.0.1:${port}`,
    received: [],
    refusal: undefined,
  };
  afterAll(() => new Promise<void>((resolve) => server.close(resolve)));
  return sink;
}
