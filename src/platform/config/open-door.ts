import type { Config } from './config.js';

/** @returns whether everybody who reaches this server from elsewhere may change everything */
export const isOpenDoor = ({ auth, host }: Pick<Config, 'auth' | 'host'>): boolean =>
  !auth.enabled && !isLoopback(host);

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || host.startsWith('127.');
