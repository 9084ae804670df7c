import { useMutation, useQueryClient } from '@tanstack/react-query';
import { notify } from '../../shared/ui/notices.tsx';

/** Does something, says so, and asks again for what it changes. */
export function useChange<Input = void>(
  key: string,
  change: (input: Input) => Promise<unknown>,
  done: string,
) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: change,
    onSuccess: async () => {
      notify(done);
      await queries.invalidateQueries({ queryKey: [key] });
    },
  });
}
