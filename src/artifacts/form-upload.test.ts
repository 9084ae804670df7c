import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Answer, serveArtifacts } from './testing/serve-artifacts.js';
import { temporaryFolder } from './testing/temporary-folder.js';

const UPLOAD = (run: string) => `/api/runledger/v1/runs/${run}/artifacts`;

interface World {
  /** The form goes as browsers and clients make it. */
  readonly post: (form: FormData, target?: string) => Promise<Answer>;
  /** All there is below the folder of the run, and of uploads that are under way. */
  readonly files: () => Promise<string[]>;
  readonly ask: Awaited<ReturnType<typeof serveArtifacts>>['ask'];
  readonly port: number;
}

async function world(): Promise<World> {
  const folder = await temporaryFolder();
  const settings = { defaultRoot: join(folder, 'own'), destination: join(folder, 'art') };
  const { ask, port } = await serveArtifacts(
    { ...settings, serveArtifacts: true },
    { proxied: 'mlflow-artifacts:/1/proxied/artifacts', local: join(folder, 'own/1/local') },
  );
  await mkdir(join(folder, 'art/1/proxied/artifacts/d'), { recursive: true });
  await writeFile(join(folder, 'art/1/proxied/artifacts/d/old.txt'), 'old');
  return {
    ...{ ask, port },
    post: async (form, target = UPLOAD('proxied')) => {
      const packed = new Response(form);
      return ask(target, {
        method: 'POST',
        headers: { 'content-type': packed.headers.get('content-type') ?? '' },
        body: Buffer.from(await packed.arrayBuffer()),
      });
    },
    files: async () => {
      const found = await readdir(join(folder, 'art'), { recursive: true, withFileTypes: true });
      return found.flatMap((each) => (each.isFile() ? each.name : [])).sort();
    },
  };
}

const formOf = (...files: readonly (readonly [string, string | Buffer])[]): FormData => {
  const form = new FormData();
  for (const [name, content] of files) form.append('files', new Blob([content]), name);
  return form;
};

describe('the upload of a form into a run', () => {
  it.each(['proxied', 'local'])('stores all files of it in %s', async (run) => {
    const { ask, post } = await world();
    const large = Buffer.alloc(11 * 1024 * 1024, 'x');
    const form = formOf(['a b.txt', 'one'], ['größe/日本.bin', large], ['empty', '']);
    form.append('note', 'is not looked at');
    const answer = await post(form, `${UPLOAD(run)}?path=in/here`);
    expect([answer.status, answer.json]).toEqual([
      200,
      {
        files: [
          { path: 'in/here/a b.txt', file_size: 3 },
          { path: 'in/here/größe/日本.bin', file_size: large.length },
          { path: 'in/here/empty', file_size: 0 },
        ],
      },
    ]);
    const path = encodeURIComponent('in/here/größe/日本.bin');
    const { bytes } = await ask(`/get-artifact?run_id=${run}&path=${path}`);
    expect(bytes.equals(large)).toBe(true);
  });

  it.each([
    [
      'two of one name',
      [
        ['x', '1'],
        ['x', '2'],
      ],
    ],
    [
      'a file where another needs a folder',
      [
        ['x', '1'],
        ['x/y', '2'],
      ],
    ],
    [
      'a path that climbs',
      [
        ['x', '1'],
        ['../y', '2'],
      ],
    ],
    [
      'an encoded path that climbs',
      [
        ['x', '1'],
        ['%2e%2e%2fy', '2'],
      ],
    ],
    ['an absolute path', [['/etc/x', '1']]],
    [
      'a folder',
      [
        ['x', '1'],
        ['d', '2'],
      ],
    ],
    ['more than ten', Array.from({ length: 11 }, (_, at) => [`x${at}`, '1'])],
    ['none', []],
  ] as [string, [string, string][]][])('is refused with %s, and stores nothing', async (_, all) => {
    const { post, files } = await world();
    const answer = await post(formOf(...all));
    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(await files()).toEqual(['old.txt']);
  });

  it.each([
    ['no form', 'text/plain', 'x'],
    ['a form without boundary', 'multipart/form-data', '--b--'],
    ['a form of another kind', 'multipart/mixed; boundary=b', '--b\r\n\r\nx\r\n--b--'],
    [
      'a form that has no end',
      'multipart/form-data; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="f"; filename="x"\r\n\r\nabc',
    ],
    [
      'a part with too long a head',
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Disposition: form-data; name="f"; filename="${'x'.repeat(20_000)}"\r\n\r\nabc\r\n--b--`,
    ],
  ])('is refused where it is %s', async (_, type, body) => {
    const { ask, files } = await world();
    const answer = await ask(UPLOAD('proxied'), {
      method: 'POST',
      headers: { 'content-type': type },
      body,
    });
    expect([answer.status, answer.json.error_code]).toEqual([400, 'INVALID_PARAMETER_VALUE']);
    expect(await files()).toEqual(['old.txt']);
  });

  it('is refused for a run that is not there, and for a folder that climbs', async () => {
    const { post } = await world();
    expect((await post(formOf(['x', '1']), UPLOAD('none'))).status).toBe(404);
    expect((await post(formOf(['x', '1']), `${UPLOAD('proxied')}?path=../y`)).status).toBe(400);
  });

  it('stores nothing of a form that breaks off behind its first file', async () => {
    const { port, files } = await world();
    const part = (name: string) =>
      `--b\r\nContent-Disposition: form-data; name="f"; filename="${name}"\r\n\r\nabc\r\n`;
    const socket = connect(port, '127.0.0.1');
    socket.write(
      `POST ${UPLOAD('proxied')} HTTP/1.1\r\nHost: a\r\nContent-Length: 9999\r\n` +
        `Content-Type: multipart/form-data; boundary=b\r\n\r\n${part('x')}${part('y')}`,
    );
    await expect.poll(files).toHaveLength(3);
    socket.destroy();
    await expect.poll(files).toEqual(['old.txt']);
  });
});

it('is no file for the upload of a single one', async () => {
  const { post, files } = await world();
  const target = '/ajax-api/2.0/mlflow/upload-artifact?run_uuid=proxied&path=x';
  const answer = await post(formOf(['x', '1']), target);
  expect([answer.status, answer.json.message]).toEqual([400, 'Request must specify data.']);
  expect(await files()).toEqual(['old.txt']);
});
