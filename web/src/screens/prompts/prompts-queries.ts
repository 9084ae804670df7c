import { infiniteQueryOptions } from '@tanstack/react-query';
import { api, body } from '../../shared/api.ts';
import { quotedText } from '../registry/registry-queries.ts';

const PROMPT = "tags.`mlflow.prompt.is_prompt` = 'true'";
const page = (token: string) => (token === '' ? {} : { page_token: token });

export const promptsQuery = (search: string) =>
  infiniteQueryOptions({
    queryKey: ['prompts', search],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/2.0/mlflow/registered-models/search', {
          params: {
            query: {
              filter:
                search === '' ? PROMPT : `${PROMPT} AND name ILIKE ${quotedText(`%${search}%`)}`,
              max_results: 100,
              ...page(pageParam),
            },
          },
        }),
      ),
    getNextPageParam: (last) => last.next_page_token || undefined,
  });

export const promptVersionsQuery = (name: string) =>
  infiniteQueryOptions({
    queryKey: ['prompts', name, 'versions'],
    initialPageParam: '',
    queryFn: ({ pageParam }) =>
      body(
        api.GET('/api/2.0/mlflow/model-versions/search', {
          params: {
            query: {
              filter: `name = ${quotedText(name)} AND ${PROMPT}`,
              max_results: 50,
              order_by: ['version_number DESC'],
              ...page(pageParam),
            },
          },
        }),
      ),
    getNextPageParam: (last) => last.next_page_token || undefined,
  });
