import { Client } from './client.js';
import type { Place } from './place.js';
import { type ServerProcess, type Settings, startServer } from './server.js';

/** Servers over one database, and a client of each. */
export interface Cluster {
  readonly place: Place;
  readonly servers: readonly ServerProcess[];
  readonly clients: readonly Client[];
  /** Clients in turn, so that requests that race go to different servers. */
  client(index: number): Client;
}

/** One server on SQLite, two at a time on PostgreSQL. */
export async function startCluster(place: Place, settings: Settings = {}): Promise<Cluster> {
  const count = place.kind === 'SQLite' ? 1 : 2;
  const servers = await Promise.all(
    Array.from({ length: count }, () => startServer(place, settings)),
  );
  const clients = servers.map(({ url }) => new Client(url, 64));
  const client = (index: number): Client => {
    const found = clients[index % clients.length];
    if (found === undefined) throw new Error('There is no client');
    return found;
  };
  return { place, servers, clients, client };
}

/** Calls `work` with 0, 1, 2, ... all at once. */
export const together = <Result>(
  count: number,
  work: (index: number) => Promise<Result>,
): Promise<Result[]> => Promise.all(Array.from({ length: count }, (_, index) => work(index)));
