import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureEnvironment } from '../../scripts/python-envs.mjs';
import { STOCK_VERSION } from '../servers.js';

const FOLDER = dirname(fileURLToPath(import.meta.url));
const JAVA_VERSION = 17;

/** The version of `org.mlflow:mlflow-client` that the project file names. */
export const JAVA_CLIENT_VERSION = readClientVersion();

/** How the Java checks went. */
export interface JavaResult {
  readonly passed: number;
  readonly failed: number;
  readonly ok: boolean;
}

/** @throws Error with one sentence that says how to get what is missing */
export function requireJava(): void {
  const java = versionOf('java', ['-version'], /version "(\d+)/);
  if (java === undefined || java < JAVA_VERSION) {
    throw new Error(
      `The Java client needs a JDK ${JAVA_VERSION} or newer on PATH: on Debian and Ubuntu ` +
        `apt-get install openjdk-${JAVA_VERSION}-jdk-headless, on macOS brew install openjdk.`,
    );
  }
  if (versionOf('javac', ['-version'], /javac (\d+)/) === undefined) {
    throw new Error('There is a Java without its compiler: install the JDK, not only the JRE.');
  }
  if (versionOf('mvn', ['-v'], /Apache Maven\D*(\d+)/) === undefined) {
    throw new Error(
      'The Java client is built with Maven: on Debian and Ubuntu apt-get install maven, on macOS ' +
        'brew install maven.',
    );
  }
}

/** Runs the Java checks against a server, showing their output as it comes. */
export async function runJavaClient(url: string): Promise<JavaResult> {
  const child = spawn('mvn', ['-q', '-B', 'compile', 'exec:java'], {
    cwd: FOLDER,
    env: {
      ...process.env,
      RUNLEDGER_COMPAT_URL: url,
      // The client leaves files to a Python with mlflow.
      MLFLOW_PYTHON_EXECUTABLE: ensureEnvironment(STOCK_VERSION),
      PYTHONDONTWRITEBYTECODE: '1',
      MLFLOW_DISABLE_TELEMETRY: 'true',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    printed += text;
    process.stdout.write(text);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const [, passed = '0', failed = '0'] = /^(\d+) passed, (\d+) failed$/m.exec(printed) ?? [];
  return {
    passed: Number(passed),
    failed: Number(failed),
    ok: code === 0 && Number(passed) > 0 && failed === '0',
  };
}

function versionOf(program: string, args: readonly string[], pattern: RegExp): number | undefined {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  const found = status === 0 ? pattern.exec(stdout + stderr)?.[1] : undefined;
  return found === undefined ? undefined : Number(found);
}

function readClientVersion(): string {
  const text = readFileSync(join(FOLDER, 'pom.xml'), 'utf8');
  const version = /<mlflow\.version>([^<]+)</.exec(text)?.[1];
  if (version === undefined) throw new Error('pom.xml names no mlflow.version');
  return version;
}
