import { Component, type ReactNode } from 'react';
import { ErrorNote } from '../shared/ui/error-note.tsx';

/** A screen that fails says so, and leaves the rest of the page as it is. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { error?: Error }> {
  override state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error): { error: Error } {
    return { error };
  }

  override render() {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <div className="page">
        <ErrorNote error={error} retry={() => location.reload()} />
      </div>
    );
  }
}
