/** -node-meta as query parameters: `node-meta=key:value` for each. */
export function nodeMetaQuery(meta: ReadonlyMap<string, string>): readonly string[] {
  return [...meta].map(([key, value]) => `${key}:${value}`);
}
