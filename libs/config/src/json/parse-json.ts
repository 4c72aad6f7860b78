import { MeshError } from '@mesh/base';
import { MAX_DEPTH, MAX_TEXT_LENGTH, placeOf } from '@mesh/hcl';
import { locateJsonError } from './locate-error.ts';

/**
 * Parses the JSON of a configuration file.
 * @param file name for messages
 * @throws MeshError `invalid-argument`, `failed to parse FILE: unexpected end of JSON input` or
 *   `failed to parse FILE:LINE:COLUMN: why`; `too-large` above 16 Mi
 */
export function parseJson(text: string, file: string): unknown {
  if (text.length > MAX_TEXT_LENGTH) {
    throw new MeshError(
      'too-large',
      `failed to parse ${file}: ${text.length} characters, accepted are at most ${MAX_TEXT_LENGTH}`,
    );
  }
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text;
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new MeshError('invalid-argument', explain(body, file, (cause as Error).message));
  }
  refuseDepth(value, file, 0);
  return value;
}

function explain(text: string, file: string, message: string): string {
  const problem = locateJsonError(text) ?? { at: 0, why: message };
  if (text.slice(problem.at).trim() === '') {
    return `failed to parse ${file}: unexpected end of JSON input`;
  }
  const { line, column } = placeOf(text, problem.at);
  return `failed to parse ${file}:${line}:${column}: ${problem.why}`;
}

function refuseDepth(value: unknown, file: string, depth: number): void {
  if (value === null || typeof value !== 'object') return;
  if (depth >= MAX_DEPTH) {
    throw new MeshError(
      'invalid-argument',
      `failed to parse ${file}: nested deeper than ${MAX_DEPTH} levels`,
    );
  }
  for (const element of Object.values(value)) refuseDepth(element, file, depth + 1);
}
