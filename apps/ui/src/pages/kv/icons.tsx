/** A folder, with its word for screen readers. */
export function FolderIcon() {
  return (
    <>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" class="kv-icon">
        <path d="M1.5 3.5h5l1.5 2h6.5v7h-13z" fill="currentColor" />
      </svg>
      <span class="visually-hidden">Folder </span>
    </>
  );
}

/** A key. */
export function FileIcon() {
  return (
    <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" class="kv-icon">
      <path d="M3.5 1.5h6l3 3v10h-9zM9.5 1.5v3h3" fill="none" stroke="currentColor" />
    </svg>
  );
}
