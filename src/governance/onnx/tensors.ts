import { type DataType, dataType, type Store } from './data-types.js';
import { checkExternalData, type FolderFiles } from './external-data.js';
import { type Problems, quoted } from './problems.js';
import { type SparseTensorMessage, type TensorMessage, toBigInt } from './schema.js';

const EXTERNAL = 1;

/** As many as NumPy takes. */
const MOST_DIMENSIONS = 64;

/** Looks at tensors: their data must be as long as their type and dimensions say. */
export class TensorCheck {
  readonly #problems: Problems;
  readonly #files: FolderFiles;

  constructor(problems: Problems, files: FolderFiles) {
    this.#problems = problems;
    this.#files = files;
  }

  /** @param what how a message calls it, such as `Initializer "w"` */
  check(tensor: TensorMessage, what: string): void {
    const problem = this.#problemOf(tensor);
    if (problem !== undefined) this.#problems.add(`${what} ${problem}`);
  }

  checkSparse({ values, indices }: SparseTensorMessage, what: string): void {
    if (values === null || indices === null) {
      this.#problems.add(`${what} lacks its values or its indices`);
      return;
    }
    this.check(values, `The values of ${what}`);
    this.check(indices, `The indices of ${what}`);
  }

  #problemOf(tensor: TensorMessage): string | undefined {
    const type = dataType(tensor.dataType);
    if (type === undefined) return `has the unknown data type ${tensor.dataType}`;
    if (tensor.dims.length > MOST_DIMENSIONS) return `has ${tensor.dims.length} dimensions`;
    const dims = tensor.dims.map(toBigInt);
    if (dims.some((dim) => dim < 0n)) return `has a negative dimension: ${textOf(dims)}`;
    const elements = dims.reduce((product, dim) => product * dim, 1n);
    const shape = `${type.name}${textOf(dims)}`;
    const bytes = (elements * BigInt(type.bits) + 7n) / 8n;
    if (tensor.dataLocation === EXTERNAL) {
      if (type.bits === 0) return 'keeps text outside of the file, which the format has no way for';
      return checkExternalData(tensor.externalData, bytes, shape, this.#files);
    }
    const raw = BigInt(tensor.rawData.length);
    const stored = storedNumbers(tensor);
    const others = stored.filter(([store, count]) => store !== type.store && count > 0n);
    const own = stored.find(([store]) => store === type.store)?.[1] ?? 0n;
    if (isCutOff(tensor)) return 'has a number that is cut off';
    if (others.length > 0 || (raw > 0n && own > 0n)) return 'has its data in more than one place';
    if (own > 0n || (type.bits === 0 && raw === 0n))
      return countProblem(own, elements, type, shape);
    if (type.bits === 0) return 'has text as raw bytes, which the format has no way for';
    if (raw === bytes) return undefined;
    return `has ${raw} bytes of data where ${shape} takes ${bytes}`;
  }
}

function countProblem(
  count: bigint,
  elements: bigint,
  { perStored }: DataType,
  shape: string,
): string | undefined {
  const wanted =
    perStored < 1
      ? elements * BigInt(1 / perStored)
      : (elements + BigInt(perStored) - 1n) / BigInt(perStored);
  return count === wanted ? undefined : `has ${count} numbers where ${shape} takes ${wanted}`;
}

/** How many numbers lie in each store of a tensor. */
function storedNumbers(tensor: TensorMessage): readonly (readonly [Store, bigint])[] {
  return [
    ['float', fixed(tensor.floatData, 4)],
    ['double', fixed(tensor.doubleData, 8)],
    ['int32', varints(tensor.int32Data)],
    ['int64', varints(tensor.int64Data)],
    ['uint64', varints(tensor.uint64Data)],
    ['string', BigInt(tensor.stringData.length)],
  ];
}

const isCutOff = ({ floatData, doubleData }: TensorMessage): boolean =>
  bytesIn(floatData) % 4 !== 0 || bytesIn(doubleData) % 8 !== 0;

const fixed = (chunks: readonly Uint8Array[], size: number): bigint =>
  BigInt(Math.floor(bytesIn(chunks) / size));

const bytesIn = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((sum, { length }) => sum + length, 0);

/** A number ends with the first byte whose highest bit is not set. */
function varints(chunks: readonly Uint8Array[]): bigint {
  let count = 0;
  for (const chunk of chunks) {
    // Not by its iterator, which takes several times as long for what may be a gigabyte.
    for (let at = 0; at < chunk.length; at += 1) if ((chunk[at] ?? 0) < 0x80) count += 1;
  }
  return BigInt(count);
}

const textOf = (dims: readonly bigint[]): string => `[${dims.join(', ')}]`;

export const tensorName = ({ name }: TensorMessage): string => `Initializer ${quoted(name)}`;
