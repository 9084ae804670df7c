import protobuf from 'protobufjs';
import { type ModelMessage, modelMessage } from './schema.js';

/** What other kinds of files begin with. Some of them would pass for a message of unknown fields. */
const OTHERS: readonly (readonly [kind: string, isIt: (bytes: Uint8Array) => boolean])[] = [
  ['a pickle', ([first, second = 0]) => first === 0x80 && second >= 2 && second <= 5],
  ['a zip archive', ([first, second]) => first === 0x50 && second === 0x4b],
  ['an HDF5 file', ([first, second]) => first === 0x89 && second === 0x48],
  ['compressed with gzip', ([first, second]) => first === 0x1f && second === 0x8b],
];

/** Reads an ONNX file. @returns the model, or in words why it is none */
export function decodeModel(bytes: Uint8Array): ModelMessage | string {
  // An empty message is a valid one for protobuf.
  if (bytes.length === 0) return 'The file is empty';
  const other = OTHERS.find(([, isIt]) => isIt(bytes));
  if (other !== undefined) return `The file is ${other[0]} and no ONNX model`;
  try {
    const reader = protobuf.Reader.create(bytes);
    // A tree ensemble has millions of values that nothing here looks at.
    reader.discardUnknown = true;
    return modelMessage.decode(reader) as unknown as ModelMessage;
  } catch {
    // Cut off, nested without end, or no protobuf at all: the library has no error class for it.
    return 'The file is no ONNX model: it is cut off, or not in the format';
  }
}
