import { expect, it } from 'vitest';
import { inTime } from './in-time.js';

const never = new Promise<string>(() => undefined);

it('gives what comes in time, and how it failed', async () => {
  await expect(inTime(60_000, Promise.resolve('here'), () => 'late')).resolves.toBe('here');
  const failed = Promise.reject(new Error('broken'));
  await expect(inTime(60_000, failed, () => 'late')).rejects.toThrow('broken');
});

it('gives or throws something else when time is up', async () => {
  await expect(inTime(1, never, () => 'late')).resolves.toBe('late');
  const refuse = () => {
    throw new Error('no answer');
  };
  await expect(inTime(1, never, refuse)).rejects.toThrow('no answer');
});
