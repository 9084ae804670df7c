import type { OperationTable } from '../platform/http/operation.js';
import type { Perform } from '../platform/http/perform.js';
import { queryContext } from './context.js';

/**
 * The queries of MLflow's web pages. Each root field is an operation of the table, called as a
 * request of its own would be, so nothing can be reached here that can't be reached there. All
 * of them only read: a query may come by GET.
 */
export const graphqlOperations = (perform: Perform): OperationTable<'graphql'> => ({
  graphql: {
    access: 'login',
    of: 'server',
    handler: async (input, call) => {
      // The schema and its library are loaded by the first query: most servers never get one.
      const { answer } = await import('./answer.js');
      return answer(input, queryContext(perform, call));
    },
  },
});
