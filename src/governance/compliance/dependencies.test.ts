import { describe, expect, it } from 'vitest';
import { fromConda, fromRequirements, unique } from './dependencies.js';

const REQUIREMENTS = `mlflow==3.17.2
# a remark
Scikit_Learn[extra] == 1.7.2 ; python_version >= "3.10"  # pinned
numpy<3,>=2
--index-url https://example.org/simple
-r other.txt
git+https://example.org/x.git
./local.whl
cloudpickle==3.1.2 \\
    --hash=sha256:aa
`;

const CONDA = `channels:
- conda-forge
dependencies:
- python=3.11.9
- pip<=24.0
- conda-forge::zlib=1.3=h4ab18f5_1
- pip:
  - mlflow==3.17.2
  - pandas
name: env
`;

describe('packages of a model', () => {
  it('are read from requirements.txt', () => {
    expect(fromRequirements(REQUIREMENTS).map(({ purl }) => purl)).toEqual([
      'pkg:pypi/mlflow@3.17.2',
      'pkg:pypi/scikit-learn@1.7.2',
      'pkg:pypi/numpy',
      'pkg:pypi/cloudpickle@3.1.2',
    ]);
  });

  it('are read from conda.yaml, with what pip installs', () => {
    expect(fromConda(CONDA).map(({ purl }) => purl)).toEqual([
      'pkg:conda/python@3.11.9',
      'pkg:conda/pip',
      'pkg:conda/zlib@1.3',
      'pkg:pypi/mlflow@3.17.2',
      'pkg:pypi/pandas',
    ]);
  });

  it('are each named once, and none by what is no list of packages', () => {
    const both = unique([...fromRequirements(REQUIREMENTS), ...fromConda(CONDA)]);
    expect(both.filter(({ name }) => name === 'mlflow')).toHaveLength(1);
    for (const text of ['', '[', 'dependencies: 7', 'dependencies: [{pip: 3}, 4]', '\u0000']) {
      expect(fromConda(text)).toEqual([]);
      expect(fromRequirements(text)).toEqual([]);
    }
  });
});
