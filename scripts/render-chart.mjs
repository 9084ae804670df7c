/**
 * `node scripts/render-chart.mjs`: lints the Helm chart and renders it for each file of values in
 * deploy/helm/examples, with the `helm` of the path. A test looks at what it has written, and that
 * it was written from the chart as it is.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const helmFolder = fileURLToPath(new URL('../deploy/helm/', import.meta.url));
const chart = join(helmFolder, 'runledger');
const examples = join(helmFolder, 'examples');

/** Changes with every file of the chart and with the values of an example. */
export function digestOf(example) {
  const files = readdirSync(chart, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash('sha256');
  for (const file of [...files, join(examples, `${example}.values.yaml`)]) {
    hash.update(`${relative(helmFolder, file)}\n${readFileSync(file, 'utf8')}\n`);
  }
  return hash.digest('hex');
}

export const exampleNames = () =>
  readdirSync(examples)
    .filter((name) => name.endsWith('.values.yaml'))
    .map((name) => name.replace('.values.yaml', ''));

export const renderedFile = (example) => join(examples, `${example}.rendered.yaml`);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const helm = (...args) => execFileSync('helm', args, { encoding: 'utf8' });
  for (const example of exampleNames()) {
    const values = ['--values', join(examples, `${example}.values.yaml`)];
    process.stdout.write(helm('lint', '--strict', chart, ...values));
    const target = ['--namespace', 'ml', '--kube-version', '1.30.0'];
    const text = helm('template', 'runledger', chart, ...target, ...values);
    writeFileSync(renderedFile(example), `# from ${digestOf(example)}\n${text}`);
  }
}
