import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { parsePlace } from './frame/router.ts';
import { Shell } from './frame/shell.tsx';
import { applyTheme } from './frame/theme.ts';
import { preload } from './routes.ts';
import { queryClient } from './shared/query-client.ts';
import { followWorkspace } from './shared/workspace.ts';
import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import './styles/frame.css';

applyTheme();
followWorkspace(() => queryClient.clear());
preload(parsePlace(location.hash));
const root = document.getElementById('app');
if (root !== null) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <Shell />
      </QueryClientProvider>
    </StrictMode>,
  );
}
