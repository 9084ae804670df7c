import { at, type Pair } from '../support/pair.js';

const API = '/api/2.0/mlflow';

/** What the requests are about, apart from the data that searches look at: `xa`, `xrun`, `xm`... */
export async function makeFixtures(pair: Pair): Promise<void> {
  for (const name of ['xa', 'xb', 'xdeleted', 'xgo']) {
    const made = await pair.must('POST', `${API}/experiments/create`, { name });
    pair.bind(name, 'experiment', made, (json) => at(json, 'experiment_id'));
  }
  for (const name of ['xrun', 'xdeletedrun', 'xgorun']) {
    const body = { experiment_id: '@{xa}', run_name: name, start_time: 5 };
    const made = await pair.must('POST', `${API}/runs/create`, body);
    pair.bind(name, 'id', made, (json) => at(json, 'run', 'info', 'run_id'));
  }
  for (const name of ['xmodel', 'xdeletedmodel', 'xgomodel']) {
    const body = { experiment_id: '@{xa}', name, source_run_id: '@{xrun}' };
    const made = await pair.must('POST', `${API}/logged-models`, body);
    pair.bind(name, 'id', made, (json) => at(json, 'model', 'info', 'model_id'));
  }
  await pair.must('POST', `${API}/experiments/delete`, { experiment_id: '@{xdeleted}' });
  await pair.must('POST', `${API}/runs/delete`, { run_id: '@{xdeletedrun}' });
  await pair.must('DELETE', `${API}/logged-models/@{xdeletedmodel}`);
  for (const name of ['xm', 'xrename', 'xgo', 'xempty']) {
    await pair.must('POST', `${API}/registered-models/create`, { name });
    if (name === 'xempty') continue;
    for (const source of ['s3://b/1', 's3://b/2', 's3://b/3']) {
      await pair.must('POST', `${API}/model-versions/create`, { name, source });
    }
  }
  for (const name of ['xhook', 'xgohook', 'xotherhook']) {
    const events = [{ entity: 'BUDGET_POLICY', action: 'EXCEEDED' }];
    const body = { name, url: 'https://1.1.1.1/', events };
    const made = await pair.must('POST', `${API}/webhooks`, body);
    pair.bind(name, 'id', made, (json) => at(json, 'webhook', 'webhook_id'));
  }
  await pair.must('POST', `${API}/experiments/set-experiment-tag`, {
    ...{ experiment_id: '@{xa}', key: 'gone', value: 'v' },
  });
}
