import type { FolderFiles } from './external-data.js';

export interface OnnxFile {
  readonly bytes: Uint8Array;
  /** What lies in the model's folder, by paths from the ONNX file's folder on. */
  readonly files: FolderFiles;
  /** The text of the `MLmodel` file, whose signature the model must agree with. */
  readonly mlmodel: string | undefined;
}

/** What came of looking at an ONNX file. It is a value: a broken model is no error of the server. */
export interface OnnxVerdict {
  readonly ok: boolean;
  /** Sentences for whoever made the model. */
  readonly problems: readonly string[];
  /** The version of ONNX's own operators; absent where the model uses none of them. */
  readonly opset: number | undefined;
  /** See {@link opsFingerprint}; absent for a file that is no ONNX model. */
  readonly opsSha256: string | undefined;
  /** Operators that ONNX does not know come from these; sorted. */
  readonly domains: readonly string[];
}

/** The verdict on what is no ONNX model at all, or could not be looked at to the end. */
export const unreadable = (problem: string): OnnxVerdict => ({
  ok: false,
  problems: [problem],
  opset: undefined,
  opsSha256: undefined,
  domains: [],
});
