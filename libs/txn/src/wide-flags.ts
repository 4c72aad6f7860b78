/** A JSON text, skipped as a whole, or a Flags member whose number has 16 to 20 digits. */
const TEXT_OR_WIDE_FLAGS = /("flags"\s*:\s*)([1-9]\d{15,19})(?=\s*[,}])|"[^"\\]*(?:\\.[^"\\]*)*"/gi;

/**
 * Parses JSON in which Flags may need 64 bits, of which a number would lose some: such come out as
 * texts of digits. Throws SyntaxError.
 */
export function parseWithWideFlags(json: string): unknown {
  // First as it is: the pattern takes linear time only where every text is closed.
  const parsed: unknown = JSON.parse(json);
  if (!/\d{16}/.test(json)) return parsed;
  const widened = json.replace(
    TEXT_OR_WIDE_FLAGS,
    (whole: string, name: string | undefined, digits: string | undefined) =>
      name === undefined ? whole : `${name}"${digits}"`,
  );
  return JSON.parse(widened);
}
