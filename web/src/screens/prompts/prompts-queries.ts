import { api, body } from '../../shared/api.ts';
import { pagesQuery } from '../../shared/use-pages.ts';
import { quotedText } from '../registry/registry-queries.ts';

const PROMPT = "tags.`mlflow.prompt.is_prompt` = 'true'";

export const promptsQuery = (search: string) =>
  pagesQuery(['prompts', search], (page) =>
    body(
      api.GET('/api/2.0/mlflow/registered-models/search', {
        params: {
          query: {
            filter:
              search === '' ? PROMPT : `${PROMPT} AND name ILIKE ${quotedText(`%${search}%`)}`,
            max_results: 100,
            ...page,
          },
        },
      }),
    ),
  );

export const promptVersionsQuery = (name: string) =>
  pagesQuery(['prompts', name, 'versions'], (page) =>
    body(
      api.GET('/api/2.0/mlflow/model-versions/search', {
        params: {
          query: {
            filter: `name = ${quotedText(name)} AND ${PROMPT}`,
            max_results: 50,
            order_by: ['version_number DESC'],
            ...page,
          },
        },
      }),
    ),
  );
