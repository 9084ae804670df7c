import protobuf from 'protobufjs';

/**
 * The messages of the ONNX format as far as they are checked; fields that are not named here are
 * skipped. Numbers of a tensor are taken as the bytes that hold them: they are counted, never
 * made into values, so that a model of a gigabyte takes no more than its own size.
 */
const root = protobuf.Root.fromJSON({
  nested: {
    Model: {
      fields: {
        irVersion: { type: 'int64', id: 1 },
        graph: { type: 'Graph', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 8 },
        functions: { rule: 'repeated', type: 'Function', id: 25 },
      },
    },
    OperatorSet: {
      fields: { domain: { type: 'string', id: 1 }, version: { type: 'int64', id: 2 } },
    },
    Function: {
      fields: {
        name: { type: 'string', id: 1 },
        input: { rule: 'repeated', type: 'string', id: 4 },
        output: { rule: 'repeated', type: 'string', id: 5 },
        node: { rule: 'repeated', type: 'Node', id: 7 },
        opsetImport: { rule: 'repeated', type: 'OperatorSet', id: 9 },
        domain: { type: 'string', id: 10 },
      },
    },
    Graph: {
      fields: {
        node: { rule: 'repeated', type: 'Node', id: 1 },
        initializer: { rule: 'repeated', type: 'Tensor', id: 5 },
        input: { rule: 'repeated', type: 'ValueInfo', id: 11 },
        output: { rule: 'repeated', type: 'ValueInfo', id: 12 },
        sparseInitializer: { rule: 'repeated', type: 'SparseTensor', id: 15 },
      },
    },
    Node: {
      fields: {
        input: { rule: 'repeated', type: 'string', id: 1 },
        output: { rule: 'repeated', type: 'string', id: 2 },
        name: { type: 'string', id: 3 },
        opType: { type: 'string', id: 4 },
        attribute: { rule: 'repeated', type: 'Attribute', id: 5 },
        domain: { type: 'string', id: 7 },
      },
    },
    Attribute: {
      fields: {
        name: { type: 'string', id: 1 },
        t: { type: 'Tensor', id: 5 },
        g: { type: 'Graph', id: 6 },
        tensors: { rule: 'repeated', type: 'Tensor', id: 10 },
        graphs: { rule: 'repeated', type: 'Graph', id: 11 },
        sparseTensor: { type: 'SparseTensor', id: 22 },
        sparseTensors: { rule: 'repeated', type: 'SparseTensor', id: 23 },
      },
    },
    Tensor: {
      fields: {
        dims: { rule: 'repeated', type: 'int64', id: 1 },
        dataType: { type: 'int32', id: 2 },
        floatData: { rule: 'repeated', type: 'bytes', id: 4 },
        int32Data: { rule: 'repeated', type: 'bytes', id: 5 },
        stringData: { rule: 'repeated', type: 'bytes', id: 6 },
        int64Data: { rule: 'repeated', type: 'bytes', id: 7 },
        name: { type: 'string', id: 8 },
        rawData: { type: 'bytes', id: 9 },
        doubleData: { rule: 'repeated', type: 'bytes', id: 10 },
        uint64Data: { rule: 'repeated', type: 'bytes', id: 11 },
        externalData: { rule: 'repeated', type: 'Pair', id: 13 },
        dataLocation: { type: 'int32', id: 14 },
      },
    },
    SparseTensor: {
      fields: {
        values: { type: 'Tensor', id: 1 },
        indices: { type: 'Tensor', id: 2 },
        dims: { rule: 'repeated', type: 'int64', id: 3 },
      },
    },
    Pair: { fields: { key: { type: 'string', id: 1 }, value: { type: 'string', id: 2 } } },
    ValueInfo: { fields: { name: { type: 'string', id: 1 }, type: { type: 'Type', id: 2 } } },
    Type: { fields: { tensorType: { type: 'TensorType', id: 1 } } },
    TensorType: {
      fields: { elemType: { type: 'int32', id: 1 }, shape: { type: 'Shape', id: 2 } },
    },
    Shape: { fields: { dim: { rule: 'repeated', type: 'Dimension', id: 1 } } },
    Dimension: {
      oneofs: { value: { oneof: ['dimValue', 'dimParam'] } },
      fields: { dimValue: { type: 'int64', id: 1 }, dimParam: { type: 'string', id: 2 } },
    },
  },
});

export const modelMessage = root.lookupType('Model');

/** An int64 as the library reads it. */
export interface Long {
  readonly low: number;
  readonly high: number;
}

export interface ModelMessage {
  readonly irVersion: Long;
  readonly graph: GraphMessage | null;
  readonly opsetImport: readonly OperatorSetMessage[];
  readonly functions: readonly FunctionMessage[];
}

export interface OperatorSetMessage {
  readonly domain: string;
  readonly version: Long;
}

export interface FunctionMessage {
  readonly name: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly node: readonly NodeMessage[];
  readonly opsetImport: readonly OperatorSetMessage[];
}

export interface GraphMessage {
  readonly node: readonly NodeMessage[];
  readonly initializer: readonly TensorMessage[];
  readonly sparseInitializer: readonly SparseTensorMessage[];
  readonly input: readonly ValueInfoMessage[];
  readonly output: readonly ValueInfoMessage[];
}

export interface NodeMessage {
  readonly name: string;
  readonly opType: string;
  readonly domain: string;
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: readonly AttributeMessage[];
}

export interface AttributeMessage {
  readonly name: string;
  readonly t: TensorMessage | null;
  readonly tensors: readonly TensorMessage[];
  readonly g: GraphMessage | null;
  readonly graphs: readonly GraphMessage[];
  readonly sparseTensor: SparseTensorMessage | null;
  readonly sparseTensors: readonly SparseTensorMessage[];
}

export interface TensorMessage {
  readonly name: string;
  readonly dims: readonly Long[];
  readonly dataType: number;
  readonly rawData: Uint8Array;
  readonly floatData: readonly Uint8Array[];
  readonly doubleData: readonly Uint8Array[];
  readonly int32Data: readonly Uint8Array[];
  readonly int64Data: readonly Uint8Array[];
  readonly uint64Data: readonly Uint8Array[];
  readonly stringData: readonly Uint8Array[];
  readonly externalData: readonly { readonly key: string; readonly value: string }[];
  readonly dataLocation: number;
}

export interface SparseTensorMessage {
  readonly values: TensorMessage | null;
  readonly indices: TensorMessage | null;
  readonly dims: readonly Long[];
}

export interface ValueInfoMessage {
  readonly name: string;
  readonly type: { readonly tensorType: TensorTypeMessage | null } | null;
}

interface TensorTypeMessage {
  readonly elemType: number;
  readonly shape: { readonly dim: readonly DimensionMessage[] } | null;
}

/** Members of an unset value are those of the prototype; `value` names the one that is set. */
interface DimensionMessage {
  readonly value?: 'dimValue' | 'dimParam';
  readonly dimValue: Long;
}

export const toBigInt = ({ low, high }: Long): bigint =>
  BigInt.asIntN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
