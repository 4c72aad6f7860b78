import { setFlagsFromString } from 'node:v8';

/**
 * Keeps V8's young generation at its first size, 1 MB a half. It would double with each burst, such as joining
 * a pool, and be given back only after long quiet: an eighth of what an idle client agent holds. Servers are
 * left alone, as a small one costs collections under load.
 */
export function keepYoungGenerationSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}
