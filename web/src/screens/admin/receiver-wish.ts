/** What is said of somebody who is to be told of events. */
export interface ReceiverWish {
  readonly channel: string;
  readonly name: string;
  readonly url: string;
  readonly recipients: string;
  /** A pattern of names of models, or a name. */
  readonly models: string;
  readonly description: string;
  readonly events: readonly string[];
  readonly status: string;
  /** Nothing leaves what there is, `null` takes it away. */
  readonly secret: string | null;
  readonly authorization: string | null;
  readonly verifyTls: boolean;
}

export const NEW: ReceiverWish = {
  ...{ channel: 'webhook', name: '', url: '', recipients: '', models: '', description: '' },
  ...{ events: [], status: 'ACTIVE', secret: '', authorization: '', verifyTls: true },
};

/** Addresses as people write them in one line. */
export const addressesIn = (text: string): string[] => text.split(/[\s,;]+/).filter(Boolean);

interface Secrets {
  secret?: string;
  authorization?: string;
}

/** @returns secrets as the API takes them: what is not there stays, an empty text is taken away */
export function secretsOf(wish: Partial<Pick<ReceiverWish, keyof Secrets>>): Secrets {
  const said: Secrets = {};
  for (const key of ['secret', 'authorization'] as const) {
    const value = wish[key];
    if (value === null) said[key] = '';
    else if (value) said[key] = value;
  }
  return said;
}

/** @returns what is not as it was, so that all else is left as it is */
export function changesOf(before: ReceiverWish, after: ReceiverWish): Partial<ReceiverWish> {
  const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  return Object.fromEntries(
    Object.entries(after).filter(([key, value]) => !isSame(value, Reflect.get(before, key))),
  );
}

/** @returns whether it says where to tell, and of what */
export function isWhole(wish: ReceiverWish, shown: readonly (keyof ReceiverWish)[]): boolean {
  const to = wish.channel === 'email' ? wish.recipients : wish.url;
  const hasName = !shown.includes('name') || wish.name !== '';
  return hasName && to.trim() !== '' && wish.events.length > 0;
}
