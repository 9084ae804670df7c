import { describe, expect, it } from 'vitest';
import { parseMlmodel } from '../model-folder/mlmodel.js';
import { formatOf } from './model-format.js';
import { weightsDigestOf } from './weights.js';

const PYFUNC = 'flavors: {python_function: {python_model: model}}';
const SKOPS = 'flavors: {sklearn: {pickled_model: model.skops, serialization_format: skops}}';
const SKLEARN = 'flavors: {sklearn: {pickled_model: model.data}}';
const FROM_CODE = 'flavors: {python_function: {python_model: model.py, model_code_path: model.py}}';

describe('the format of a model', () => {
  it.each([
    ['onnx', ['MLmodel', 'model.onnx'], 'flavors: {onnx: {data: model.onnx}}'],
    ['onnx', ['MLmodel', 'data/MODEL.ONNX', 'data/weights.bin'], undefined],
    ['safetensors', ['MLmodel', 'model/model-00001-of-00002.safetensors'], undefined],
    ['pickle', ['MLmodel', 'model.pkl'], SKLEARN],
    ['pickle', ['MLmodel', 'model.data'], SKLEARN],
    ['pickle', ['MLmodel', 'model'], PYFUNC],
    ['pickle', ['model.joblib'], undefined],
    ['pickle', ['data/model.pth'], undefined],
    ['pickle', ['model/pytorch_model-00001-of-00002.bin'], undefined],
    ['pickle', ['model.onnx', 'scaler.pkl'], undefined],
    ['other', ['MLmodel', 'model.skops'], SKOPS],
    ['other', ['MLmodel', 'model.py'], FROM_CODE],
    ['other', ['model.xgb', 'model.lgb', 'data/model.keras'], undefined],
    ['other', [], undefined],
  ])('is %s: %j', (format, paths, mlmodel) => {
    expect(formatOf(paths, mlmodel === undefined ? undefined : parseMlmodel(mlmodel)).format).toBe(
      format,
    );
  });

  it('names what runs code when it is loaded', () => {
    expect(formatOf(['b.pkl', 'model.onnx', 'a.pt'], undefined).pickles).toEqual(['a.pt', 'b.pkl']);
  });
});

describe('an MLmodel file', () => {
  it.each(['', '[]', 'a: [', 'flavors: [1]', 'flavors: {onnx: 1}'])('may be broken: %j', (text) => {
    expect(formatOf(['model.onnx'], parseMlmodel(text)).format).toBe('onnx');
  });
});

describe('the digest of the weights', () => {
  const file = (path: string, digit: string) => ({ path, size: 1, sha256: digit.repeat(64) });
  const weights = [file('model.pkl', 'a'), file('code/model.py', 'b')];

  it('is the same however the model is packed and described', () => {
    const names = [
      ...['MLmodel', 'requirements.txt', 'conda.yaml', 'python_env.yaml', 'README.md'],
      ...['input_example.json', 'serving_input_example.json', 'registered_model_meta'],
      ...['metadata/MLmodel', 'artifacts/MODEL_CARD.yaml', 'environment_variables.txt'],
    ];
    const packed = [...names.map((path) => file(path, 'c')), ...weights];
    expect(weightsDigestOf(packed)).toBe(weightsDigestOf(weights));
  });

  it('is another for other weights', () => {
    expect(weightsDigestOf([file('model.pkl', 'd')])).not.toBe(weightsDigestOf(weights));
    expect(weightsDigestOf([...weights, file('data/MLmodel', 'd')])).not.toBe(
      weightsDigestOf(weights),
    );
  });
});
