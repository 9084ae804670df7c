/** Grey lines where text is going to be. */
export function Loading({ lines = 6 }: { readonly lines?: number }) {
  return (
    <div className="loading" role="status">
      <span className="hidden">Loading</span>
      {Array.from({ length: lines }, (_, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines are all alike.
        <span key={index} className={`bone w${index % 4}`} />
      ))}
    </div>
  );
}
