import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { digestOf, exampleNames, renderedFile } from '../../../scripts/render-chart.mjs';
import { Client } from '../support/client.js';
import { places } from '../support/place.js';
import { runProgram, startServer } from '../support/server.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const read = (path: string): string => readFileSync(`${ROOT}${path}`, 'utf8');

const newPlace = places();

it('the dashboard of Grafana asks for metrics that the server has', async () => {
  const { url } = await startServer(await newPlace());
  const client = new Client(url);
  const { text } = await client.ask({ path: '/metrics' });
  client.close();
  const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)];
  const known = new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? ['_bucket', '_count', '_sum'].map((end) => name + end) : [name],
    ),
  );
  const { panels } = JSON.parse(read('deploy/grafana/runledger.json')) as {
    panels: { title: string; targets: { expr: string }[] }[];
  };
  const asked = panels.flatMap(({ targets }) =>
    targets.flatMap(({ expr }) => expr.match(/\b(?:runledger|nodejs|process)_\w+/g) ?? []),
  );
  expect(new Set(asked).size).toBeGreaterThan(10);
  expect(asked.filter((name) => !known.has(name))).toEqual([]);
  // What the server counts itself is shown.
  const own = types.map(([, name = '']) => name).filter((name) => name.startsWith('runledger_'));
  expect(own.filter((name) => !asked.some((each) => each.startsWith(name)))).toEqual([]);
  const documented = read('docs/observability.md');
  expect(own.filter((name) => !documented.includes(`\`${name}\``))).toEqual([]);
});

interface Part {
  readonly kind: string;
  readonly spec: {
    readonly template?: { readonly spec: PodSpec };
    readonly endpoints?: readonly { readonly authorization?: object }[];
  };
}
interface PodSpec {
  readonly securityContext: Readonly<Record<string, unknown>>;
  readonly containers: readonly {
    readonly args: readonly string[];
    readonly env: readonly { readonly name: string; readonly valueFrom?: object }[];
    readonly securityContext: object;
    readonly livenessProbe: object;
    readonly readinessProbe: object;
  }[];
}

describe('the Helm chart', () => {
  it.each(exampleNames())('is rendered from what it is: %s', (example) => {
    const text = readFileSync(renderedFile(example), 'utf8');
    expect(text.split('\n', 1)[0], 'run scripts/render-chart.mjs').toBe(
      `# from ${digestOf(example)}`,
    );
    const parts = parseAllDocuments(text).map((document) => document.toJS() as Part);
    const pod = parts.find(({ kind }) => kind === 'Deployment')?.spec.template?.spec;
    expect(pod?.securityContext).toMatchObject({ runAsNonRoot: true, runAsUser: 1_000 });
    const [container] = pod?.containers ?? [];
    expect(container).toMatchObject({
      securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false },
      livenessProbe: { httpGet: { path: '/health' } },
      readinessProbe: { httpGet: { path: '/ready' } },
    });
    expect(container?.args).toContain('--auth');
    // Secrets are referred to and never written down.
    for (const { name, valueFrom } of container?.env ?? []) {
      if (/PASSWORD|KEY|SECRET/.test(name)) expect(valueFrom, name).toHaveProperty('secretKeyRef');
    }
  });

  it('gives the server flags that it knows', async () => {
    const { stdout } = await runProgram(['server', '--help']);
    for (const example of exampleNames()) {
      const text = readFileSync(renderedFile(example), 'utf8');
      for (const [flag] of text.matchAll(/(?<=- "?)--[a-z-]+/g)) expect(stdout).toContain(flag);
    }
  });
});

it('the compose file keeps secrets out of itself and waits for what is well', () => {
  const { services } = parse(read('docker-compose.yml')) as {
    services: Record<string, { environment?: Record<string, string>; depends_on?: object }>;
  };
  expect(services.runledger?.depends_on).toEqual({
    postgres: { condition: 'service_healthy' },
    bucket: { condition: 'service_completed_successfully' },
  });
  const example = read('.env.example');
  for (const { environment = {} } of Object.values(services)) {
    for (const [name, value] of Object.entries(environment)) {
      if (/PASSWORD|SECRET|KEY/.test(name)) expect(value, name).toMatch(/^\$\{\w+:\?/);
      for (const [, variable = ''] of value.matchAll(/\$\{(\w+):\?/g)) {
        expect(example).toContain(`\n${variable}=`);
      }
    }
  }
});

it('the unit of systemd is closed', () => {
  const unit = read('deploy/runledger.service');
  const closed = ['DynamicUser=yes', 'ProtectSystem=strict', 'NoNewPrivileges=yes', 'UMask=0077'];
  for (const line of closed) expect(unit.split('\n')).toContain(line);
  expect(unit).toContain('ExecStart=/usr/bin/node /opt/runledger/bin/runledger.mjs server');
  expect(readdirSync(`${ROOT}bin`)).toEqual(['runledger.mjs']);
});

it('what is deployed gives flags and variables that the program knows', async () => {
  const { stdout } = await runProgram(['server', '--help']);
  const { services } = parse(read('docker-compose.yml')) as {
    services: { runledger: { command: string[]; environment: Record<string, string> } };
  };
  const { command, environment } = services.runledger;
  for (const flag of command.filter((word) => word.startsWith('--')))
    expect(stdout).toContain(flag);
  const others = ['Dockerfile', 'deploy/runledger.service'].map(read).join('\n');
  const given = new Set([
    ...Object.keys(environment),
    ...(others.match(/\b(?:MLFLOW|RUNLEDGER)_[A-Z_]+/g) ?? []),
  ]);
  expect(given.size).toBeGreaterThan(8);
  const config = new URL('../../../src/platform/config/', import.meta.url);
  const known = readdirSync(config)
    .filter((name) => !name.endsWith('.test.ts'))
    .map((name) => readFileSync(new URL(name, config), 'utf8'))
    .join('\n');
  expect([...given].filter((name) => !known.includes(name))).toEqual([]);
});
