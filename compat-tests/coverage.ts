import { type Operation, operationFinder } from './contract.js';

/** What one kind of client asked of the server. */
export interface Traffic {
  readonly client: string;
  readonly exchanges: readonly Asked[];
}

interface Asked {
  readonly method: string;
  readonly path: string;
  readonly status: number;
}

/** The operations that one kind of client has been served, sorted. */
export interface Coverage {
  readonly client: string;
  readonly operations: readonly string[];
}

const HEADING = `# Operations that real clients have used

Written by \`npx tsx compat-tests/run.ts\` after a run in which every test of every client passed.
What the golden exchanges show, and the \`used-operations.json\` of other suites, is taken in.
An operation counts for a client when it was asked for through the unchanged client and answered
with success at least once. The names are those of the contract in \`openapi/\`.
`;

/** In these families each operation is used by a client or held by a wire test. */
const HELD = new Set([
  ...['experiments', 'runs', 'metrics', 'inputs', 'logged-models', 'artifacts', 'server'],
  ...['registered-models', 'model-versions', 'webhooks', 'traces', 'assessments'],
]);

/** What a client has used, of its traffic. */
export function coverageOf(operations: readonly Operation[], traffic: Traffic): Coverage {
  const used = usedOperations(operations, [traffic], []);
  return { client: traffic.client, operations: [...used.keys()].sort() };
}

/**
 * The report as Markdown. The same traffic always gives the same text.
 *
 * @param recorded what clients have used in other runs
 * @param tests names of wire tests, by operation
 */
export function renderCoverage(
  operations: readonly Operation[],
  traffic: readonly Traffic[],
  recorded: readonly Coverage[],
  tests: ReadonlyMap<string, string>,
): string {
  const clients = [...new Set([...traffic, ...recorded].map(({ client }) => client))];
  const used = usedOperations(operations, traffic, recorded);
  const hit = operations.filter(({ id }) => used.has(id));
  const tested = operations.filter(({ id }) => !used.has(id) && tests.has(id));
  const rest = operations.filter(({ id }) => !used.has(id) && !tests.has(id));
  const rows = hit.map((one) => [
    `\`${one.id}\``,
    `\`${one.method} ${one.path}\``,
    ...clients.map((client) => (used.get(one.id)?.has(client) ? 'yes' : '-')),
  ]);
  return [
    HEADING,
    `${hit.length} of ${operations.length} operations.\n`,
    ...table(['Operation', 'Request', ...clients], rows),
    '\n## Used by none of them, and held by a wire test\n',
    ...table(
      ['Operation', 'Request', 'Test'],
      tested.map((one) => [
        `\`${one.id}\``,
        `\`${one.method} ${one.path}\``,
        `\`${tests.get(one.id)}\``,
      ]),
    ),
    '\n## Neither\n',
    ...byFamily(rest),
    ...unknownSection(operations, traffic),
    '',
  ].join('\n');
}

/** What no client uses and no wire test holds, in the families where that must not be. */
export function notHeld(
  operations: readonly Operation[],
  traffic: readonly Traffic[],
  recorded: readonly Coverage[],
  tests: ReadonlyMap<string, string>,
): readonly string[] {
  const used = usedOperations(operations, traffic, recorded);
  return operations
    .filter(({ id, family }) => HELD.has(family) && !used.has(id) && !tests.has(id))
    .map(({ id, method, path }) => `${id} (${method} ${path})`);
}

/** For each operation, the clients that it has served with success. */
function usedOperations(
  operations: readonly Operation[],
  traffic: readonly Traffic[],
  recorded: readonly Coverage[],
): Map<string, Set<string>> {
  const find = operationFinder(operations);
  const used = new Map<string, Set<string>>();
  const add = (id: string, client: string) => used.set(id, (used.get(id) ?? new Set()).add(client));
  for (const { client, exchanges } of traffic) {
    for (const { method, path, status } of exchanges) {
      const id = status < 400 ? find(method, path)?.id : undefined;
      if (id !== undefined) add(id, client);
    }
  }
  for (const { client, operations: ids } of recorded) {
    for (const id of ids) add(id, client);
  }
  return used;
}

/** Requests for what the contract does not name, with the changing parts of their paths cut out. */
export function unknownRequests(
  operations: readonly Operation[],
  traffic: readonly Traffic[],
): readonly string[] {
  const find = operationFinder(operations);
  const found = traffic
    .flatMap(({ exchanges }) => exchanges)
    .filter(({ method, path }) => find(method, path) === undefined)
    .map(
      ({ method, path }) => `${method} ${path.replace(/\/(m-)?([0-9a-f]{32}|\d+)\b/g, '/{id}')}`,
    );
  return [...new Set(found)].sort();
}

function unknownSection(operations: readonly Operation[], traffic: readonly Traffic[]): string[] {
  const unknown = unknownRequests(operations, traffic);
  if (unknown.length === 0) return [];
  return ['\n## Asked for, but not in the contract\n', ...unknown.map((one) => `- \`${one}\``)];
}

function byFamily(operations: readonly Operation[]): string[] {
  const families = [...new Set(operations.map(({ family }) => family))];
  return families.map((family) => {
    const ids = operations.filter((one) => one.family === family).map(({ id }) => `\`${id}\``);
    return `- ${family}: ${ids.join(', ')}`;
  });
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}
