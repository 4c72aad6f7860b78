/** Tags of a service. */
export function TagList({ tags }: { readonly tags: readonly string[] | null | undefined }) {
  if (!tags || tags.length === 0) return null;
  return (
    <span class="tags">
      {tags.map((tag) => (
        <span key={tag} class="tag">
          {tag}
        </span>
      ))}
    </span>
  );
}
