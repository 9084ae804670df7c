import type { Transporter } from 'nodemailer';
import type { Email } from './email.js';

/** Where e-mails are handed to, and who they are from. */
export interface MailSettings {
  /** `smtp://` or `smtps://` with user and password where the server asks for them. */
  readonly smtpUrl: string | undefined;
  /** The address of the sender. */
  readonly from: string;
}

/** Hands e-mails to a mail server. */
export interface Mailer {
  /** @throws whatever kept the server from taking it */
  send(recipients: readonly string[], email: Email, messageId: string): Promise<void>;
  close(): void;
}

/**
 * Connects to the mail server that whoever runs this server has named. Bodies are given as text:
 * files and addresses in them are never opened.
 */
export function openMailer(settings: MailSettings, timeout: number): Mailer | undefined {
  const { smtpUrl, from } = settings;
  if (smtpUrl === undefined) return undefined;
  let transport: Promise<Transporter> | undefined;
  // The library is loaded by the first e-mail.
  const open = () => {
    transport ??= import('nodemailer').then(({ createTransport }) =>
      createTransport({
        url: smtpUrl,
        connectionTimeout: timeout,
        greetingTimeout: timeout,
        socketTimeout: timeout,
        disableFileAccess: true,
        disableUrlAccess: true,
      }),
    );
    return transport;
  };
  return {
    send: async (recipients, { subject, text, html }, messageId) => {
      const server = await open();
      await server.sendMail({
        ...{ from, subject, text, html },
        // Nobody learns who else is told.
        ...(recipients.length === 1 ? { to: recipients[0] } : { to: from, bcc: [...recipients] }),
        messageId: `<${messageId}@runledger>`,
        headers: { 'Auto-Submitted': 'auto-generated' },
      });
    },
    close: () => void transport?.then((server) => server.close()),
  };
}
