import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type GoldenExchange, readExchanges, writeExchanges } from './exchange.js';

/** The exchanges of one client, by subject. */
export type Story = Readonly<Record<string, readonly GoldenExchange[]>>;

const folderOf = (version: string): string => fileURLToPath(new URL(version, import.meta.url));
const fileOf = (version: string, subject: string): string => `${folderOf(version)}/${subject}.json`;

/** What stands in place of exchanges that are those of another client. */
const reference = (version: string): string => `${JSON.stringify({ as: version })}\n`;

/** The golden exchanges of a client. */
export async function readGolden(version: string): Promise<Story> {
  const names = (await readdir(folderOf(version))).filter((name) => name.endsWith('.json'));
  const read = names.toSorted().map(async (name) => {
    const subject = name.replace(/\.json$/, '');
    const text = await readFile(fileOf(version, subject), 'utf8');
    const other = /^\{"as":"([\d.]+)"\}\n$/.exec(text)?.[1];
    const whole = other === undefined ? text : await readFile(fileOf(other, subject), 'utf8');
    return [subject, readExchanges(whole)] as const;
  });
  return Object.fromEntries(await Promise.all(read));
}

/** Forgets all that was recorded of a client. */
export async function clearGolden(version: string): Promise<void> {
  await rm(folderOf(version), { recursive: true, force: true });
}

/** @param others clients that were recorded before: what is the same is not kept twice */
export async function writeGolden(
  version: string,
  story: Story,
  others: readonly string[],
): Promise<void> {
  await mkdir(folderOf(version), { recursive: true });
  for (const [subject, exchanges] of Object.entries(story)) {
    await rm(fileOf(version, subject), { force: true });
    if (exchanges.length === 0) continue;
    const text = writeExchanges(exchanges);
    const same = await findSame(subject, text, others);
    await writeFile(fileOf(version, subject), same === undefined ? text : reference(same));
  }
}

async function findSame(
  subject: string,
  text: string,
  others: readonly string[],
): Promise<string | undefined> {
  for (const other of others) {
    if ((await readFile(fileOf(other, subject), 'utf8').catch(() => '')) === text) return other;
  }
  return undefined;
}
