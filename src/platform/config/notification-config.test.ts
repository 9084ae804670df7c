import { describe, expect, it } from 'vitest';
import { notificationConfig } from './notification-config.js';

describe('the settings of notifications', () => {
  it('are none but for the stage tag, which is off', () => {
    expect(notificationConfig({})).toEqual({
      ...{ smtpUrl: undefined, emailFrom: '', emailDomains: [], mirrorStageTag: false },
    });
    expect(notificationConfig({ mirrorStageTag: 'true' }).mirrorStageTag).toBe(true);
  });

  it('let users write to the domain of the sender, or to those that are named', () => {
    const smtpUrl = 'smtp://robot:secret@mail.example:587';
    const mail = { smtpUrl, emailFrom: 'robot@Example.org' };
    expect(notificationConfig(mail).emailDomains).toEqual(['example.org']);
    const named = notificationConfig({ ...mail, emailDomains: 'A.test, b.test' });
    expect(named.emailDomains).toEqual(['a.test', 'b.test']);
  });

  it('are refused without telling the password', () => {
    for (const smtpUrl of ['http://u:secret@h', 'mail.example', 'smtp://', 'smtp:u:secret']) {
      const read = () => notificationConfig({ smtpUrl, emailFrom: 'a@b.test' });
      expect(read, smtpUrl).toThrow(/^--smtp-url: it must be smtp:/);
      expect(read, smtpUrl).not.toThrow(/u:secret/);
    }
    for (const emailFrom of ['', 'robot', 'a@b.test\r\nBcc: c@d.test', 'a@b.test, c@d.test']) {
      const read = () => notificationConfig({ smtpUrl: 'smtp://h', emailFrom });
      expect(read, emailFrom).toThrow('--email-from');
    }
    expect(() => notificationConfig({ mirrorStageTag: 'perhaps' })).toThrow('--mirror-stage-tag');
  });
});
