/** The member of a tensor that holds its numbers where they are not raw bytes. */
export type Store = 'float' | 'double' | 'int32' | 'int64' | 'uint64' | 'string';

export interface DataType {
  /** As NumPy and MLflow's signatures spell it where they have the type. */
  readonly name: string;
  /** Of one element as raw bytes; 0 for text, which is never raw. */
  readonly bits: number;
  readonly store: Store;
  /** Elements for each number in the store. */
  readonly perStored: number;
}

const type = (name: string, bits: number, store: Store, perStored = 1): DataType => ({
  ...{ name, bits, store, perStored },
});

/** The element types of ONNX by their number. */
const TYPES: Readonly<Record<number, DataType>> = {
  1: type('float32', 32, 'float'),
  2: type('uint8', 8, 'int32'),
  3: type('int8', 8, 'int32'),
  4: type('uint16', 16, 'int32'),
  5: type('int16', 16, 'int32'),
  6: type('int32', 32, 'int32'),
  7: type('int64', 64, 'int64'),
  8: type('string', 0, 'string'),
  9: type('bool', 8, 'int32'),
  10: type('float16', 16, 'int32'),
  11: type('float64', 64, 'double'),
  12: type('uint32', 32, 'uint64'),
  13: type('uint64', 64, 'uint64'),
  14: type('complex64', 64, 'float', 0.5),
  15: type('complex128', 128, 'double', 0.5),
  16: type('bfloat16', 16, 'int32'),
  17: type('float8e4m3fn', 8, 'int32'),
  18: type('float8e4m3fnuz', 8, 'int32'),
  19: type('float8e5m2', 8, 'int32'),
  20: type('float8e5m2fnuz', 8, 'int32'),
  21: type('uint4', 4, 'int32', 2),
  22: type('int4', 4, 'int32', 2),
  23: type('float4e2m1', 4, 'int32', 2),
  24: type('float8e8m0', 8, 'int32'),
  25: type('uint2', 2, 'int32', 4),
  26: type('int2', 2, 'int32', 4),
};

export const dataType = (number: number): DataType | undefined => TYPES[number];
