import { explained, flag, list } from './values.js';

/** What flags and environment say about notifications, as text. */
export interface RawNotifications {
  readonly smtpUrl?: string;
  readonly emailFrom?: string;
  readonly emailDomains?: string;
  readonly mirrorStageTag?: boolean | string;
}

export interface NotificationConfig {
  /** The mail server, with its user and password; undefined for no e-mail. */
  readonly smtpUrl: string | undefined;
  /** The address that e-mails come from. */
  readonly emailFrom: string;
  /** Domains that everybody may have e-mail sent to, in lower case. */
  readonly emailDomains: readonly string[];
  /** Write stages down in the tag `gov.stage`, of which MLflow's webhooks hear. */
  readonly mirrorStageTag: boolean;
}

export const NOTIFICATION_FLAGS = [
  {
    flags: '--smtp-url <url>',
    env: 'RUNLEDGER_SMTP_URL',
    description: 'mail server for notifications, smtp:// or smtps:// (default: no e-mail)',
  },
  {
    flags: '--email-from <address>',
    env: 'RUNLEDGER_EMAIL_FROM',
    description: 'address that notifications come from (needed with --smtp-url)',
  },
  {
    flags: '--email-domains <domains>',
    env: 'RUNLEDGER_EMAIL_DOMAINS',
    description:
      'comma-separated domains that users who are no administrators may have e-mail sent to (default: that of --email-from)',
  },
  {
    flags: '--mirror-stage-tag <yes>',
    env: 'RUNLEDGER_MIRROR_STAGE_TAG',
    description:
      'true or false: write the stage of a version down in its tag gov.stage too (default: false)',
  },
] as const;

const ADDRESS = /^[^\s@<>,;:"()[\]\\]+@([a-z0-9-]+(?:\.[a-z0-9-]+)*)$/i;

/** @throws Error with one sentence for the user */
export function notificationConfig(raw: RawNotifications): NotificationConfig {
  const { smtpUrl, emailFrom = '', emailDomains, mirrorStageTag } = raw;
  const domain = ADDRESS.exec(emailFrom)?.[1]?.toLowerCase();
  if (smtpUrl !== undefined) {
    explained('--smtp-url', () => {
      const url = URL.canParse(smtpUrl) ? new URL(smtpUrl) : undefined;
      if (url !== undefined && /^smtps?:$/.test(url.protocol) && url.hostname !== '') return;
      // The text holds a password, perhaps.
      throw new Error('it must be smtp://user:password@host:port or smtps://...');
    });
    if (domain === undefined) {
      throw new Error('--email-from must be an e-mail address where there is an --smtp-url');
    }
  }
  const domains = list(emailDomains).map((name) => name.toLowerCase());
  return {
    smtpUrl,
    emailFrom,
    emailDomains: domains.length > 0 || domain === undefined ? domains : [domain],
    mirrorStageTag: flag('--mirror-stage-tag', mirrorStageTag, false),
  };
}
