/**
 * Aligns rows in columns, two spaces between them; the last cell of a row is not padded. An empty list is
 * ''. No line break at the end.
 */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    row.forEach((cell, at) => {
      widths[at] = Math.max(widths[at] ?? 0, displayWidth(cell));
    });
  }
  return rows
    .map((row) =>
      row
        .map((cell, at) =>
          at === row.length - 1 ? cell : cell + ' '.repeat(widths[at]! - displayWidth(cell) + 2),
        )
        .join(''),
    )
    .join('\n');
}

/** Characters, not UTF-16 units. */
function displayWidth(text: string): number {
  let width = 0;
  for (const _ of text) width++;
  return width;
}
