import { invalid } from '@mesh/base';

const LINE = /^([0-9a-f]{64}) [ *](.+)$/;

/** Sums of files by name, as `sha256sum` prints them. */
export function encodeSums(sums: ReadonlyMap<string, string>): string {
  return [...sums].map(([name, sum]) => `${sum}  ${name}\n`).join('');
}

/**
 * Compares the sums of the files that were read with those that the archive lists; each must have
 * its own. Throws MeshError invalid-argument.
 */
export function verifySums(listed: string, found: ReadonlyMap<string, string>): void {
  const expected = new Map<string, string>();
  for (const line of listed.split('\n')) {
    if (line === '') continue;
    const match = LINE.exec(line);
    if (!match) throw damaged(`SHA256SUMS has a line that is no checksum`);
    const [, sum, name] = match as unknown as readonly [string, string, string];
    if (!found.has(name)) throw damaged(`SHA256SUMS names ${JSON.stringify(name)}, not in it`);
    if (expected.has(name)) throw damaged(`SHA256SUMS names ${name} twice`);
    expected.set(name, sum);
  }
  for (const [name, sum] of found) {
    const wanted = expected.get(name);
    if (wanted === undefined) throw damaged(`SHA256SUMS has no line for ${name}`);
    if (wanted === sum) continue;
    throw damaged(`${name} has SHA-256 ${sum}, SHA256SUMS says ${wanted}`);
  }
}

function damaged(what: string) {
  return invalid(`failed to read snapshot: it is damaged: ${what}`);
}
