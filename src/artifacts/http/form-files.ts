import type { Request, Response } from 'express';
import type { StorageEngine } from 'multer';
import { badRequest, invalidParameter, MlflowError } from '../../errors.js';
import type { Call } from '../../platform/http/operation.js';
import { incoming } from './incoming.js';

/** Files of one form. Each may wait in memory for its first piece while the others come. */
export const MOST_FILES = 10;

const LIMITS = {
  files: MOST_FILES,
  fields: 10,
  fieldSize: 4_096,
  fieldNameSize: 100,
  fieldNestingDepth: 1,
  fieldArrayIndexLimit: MOST_FILES,
  headerPairs: 32,
};

export interface FormFile {
  /** As the client calls it, with its folders if it names any. */
  readonly name: string;
  /** Ends when the whole form has come, and throws there when that is refused. */
  readonly content: AsyncIterable<Buffer>;
}

/** Is the body of a request a form with files? */
export const isForm = (headers: Call['headers']): boolean =>
  /^\s*multipart\//i.test(String(headers['content-type'] ?? ''));

/**
 * Hands on the files of a form while they come. Each of them ends only when the form has, so that
 * who stores files whole or not at all stores all of the form or nothing.
 *
 * @param take stores one file
 * @returns what `take` has made of each
 * @throws MlflowError 400 for what is no form, or one with too much in it; or what `take` throws
 */
export async function takeForm<Taken>(
  { body, headers }: Pick<Call, 'body' | 'headers'>,
  take: (file: FormFile) => Promise<Taken>,
): Promise<Taken[]> {
  if (!isForm(headers)) {
    body.resume();
    throw invalidParameter('Content-Type must be multipart/form-data.');
  }
  const { default: multer } = await import('multer');
  const taken: Promise<Taken>[] = [];
  const whole = new Promise<void>((resolve, reject) => {
    const storage: StorageEngine = {
      _handleFile: (_request, { originalname: name, stream }, done) => {
        let isTold = false;
        const tell = (error: unknown) => {
          if (!isTold) done(error);
          isTold = true;
        };
        const taking = take({ name, content: held(incoming(stream), () => tell(null)) });
        taking.catch(tell);
        taken.push(taking);
      },
      _removeFile: (_request, _file, done) => done(null),
    };
    const read = multer({ storage, limits: LIMITS, preservePath: true, defParamCharset: 'utf8' });
    read.any()(body as Request, undefined as unknown as Response, (error: unknown) => {
      if (error === undefined) resolve();
      else reject(refusal(error));
    });
  });
  whole.catch(() => undefined);
  try {
    await whole;
    return await Promise.all(taken);
  } catch (error) {
    body.resume();
    await Promise.allSettled(taken);
    throw error;
  }

  async function* held(content: AsyncIterable<Buffer>, passed: () => void): AsyncGenerator<Buffer> {
    yield* content;
    passed();
    await whole;
  }
}

/** What the reader of forms says, as an answer. */
function refusal(error: unknown): MlflowError {
  if (error instanceof MlflowError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  if (code === 'LIMIT_FILE_COUNT') {
    return invalidParameter(`A form can bring ${MOST_FILES} files at most`);
  }
  if (/^Request (?:aborted|closed|error)$/.test(String(message))) {
    return badRequest('The request body was cut off');
  }
  return invalidParameter(`The form can not be read: ${String(message).slice(0, 200)}`);
}
