import { invalidParameter } from '../errors.js';
import type { OperationTable } from '../platform/http/operation.js';
import { noFileName } from './artifacts.errors.js';
import type { ArtifactDeps } from './artifacts.ports.js';
import { type FormFile, takeForm } from './http/form-files.js';
import { folderOf } from './list-artifacts.js';
import { namesNoFile } from './proxy.operations.js';
import { SafePath } from './safe-path.js';
import { storeFile } from './store-file.js';

/** The upload of a page's form: files of any size into a run, wherever its artifacts lie. */
export const formUploadOperations = ({
  places,
  owners,
  freezing,
}: ArtifactDeps): OperationTable<'uploadRunFiles'> => ({
  uploadRunFiles: {
    access: 'edit',
    of: 'run',
    id: (input) => input.run_id,
    handler: async ({ run_id, path }, call) => {
      const folder = folderOf(path);
      const uri = await owners.runArtifactUri(run_id);
      const { backend } = places.at(uri);
      const place = places.nameOf(uri);
      const seen: string[] = [];
      const store = async ({ name, content }: FormFile) => {
        if (namesNoFile(name)) throw noFileName();
        const file = folder.join(SafePath.parse(name));
        const other = seen.find((each) => isInTheWay(each, file.text));
        if (other !== undefined) {
          throw invalidParameter(`The form has '${other}' and '${file.text}', of which one can be`);
        }
        seen.push(file.text);
        let size = 0;
        const target = { backend, path: file, place: place && [place, file.text].join('/') };
        await storeFile(
          target,
          counted(content, (bytes) => (size += bytes)),
          freezing,
          call,
        );
        return { path: file.text, file_size: size };
      };
      const files = await takeForm(call, store);
      if (files.length === 0) throw invalidParameter('The form has no file.');
      return { files };
    },
  },
});

/** Two files of one name, or one in what would have to be a folder. */
const isInTheWay = (one: string, other: string): boolean =>
  one === other || one.startsWith(`${other}/`) || other.startsWith(`${one}/`);

async function* counted(
  content: AsyncIterable<Buffer>,
  count: (bytes: number) => void,
): AsyncGenerator<Buffer> {
  for await (const chunk of content) {
    count(chunk.length);
    yield chunk;
  }
}
