/** Shorthands of the specs of loadConfig. */
import { MeshError } from '@mesh/base';
import { type LoadedConfig, loadConfig } from '../load-config.ts';
import type { RuntimeConfig } from '../runtime-config.ts';
import type { InterfaceAddress } from '../sources/environment.ts';
import { MemoryFiles, memoryEnvironment, testRandom } from './memory-environment.ts';

/** Loads from arguments and a map of files. */
export function load(
  argv: readonly string[],
  files: Readonly<Record<string, string>> | MemoryFiles = {},
  interfaces?: readonly InterfaceAddress[],
): LoadedConfig {
  const memory = files instanceof MemoryFiles ? files : new MemoryFiles(files);
  return loadConfig({
    argv,
    random: testRandom,
    environment: memoryEnvironment(memory, interfaces),
  });
}

/** The configuration of `-dev -hcl FRAGMENT`. */
export function hcl(fragment: string): RuntimeConfig {
  return load(['-dev', '-hcl', fragment]).config;
}

/** The one-line message that a call fails with. */
export function refusal(run: () => unknown): string {
  try {
    run();
  } catch (thrown) {
    if (!(thrown instanceof MeshError)) throw thrown;
    if (thrown.message.includes('\n')) throw new Error(`more than one line: ${thrown.message}`);
    return thrown.message;
  }
  throw new Error('was accepted');
}
