/** A machine made of a map of files, for tests. */
import type { ConfigEnvironment, ConfigFiles, InterfaceAddress } from '../sources/environment.ts';

export const ETH0: InterfaceAddress = {
  name: 'eth0',
  address: '10.1.2.3',
  family: 'ipv4',
  loopback: false,
};

export const LOOPBACK: InterfaceAddress = {
  name: 'lo',
  address: '127.0.0.1',
  family: 'ipv4',
  loopback: true,
};

function failure(code: string): Error {
  return Object.assign(new Error(code), { code });
}

/** Files by path; folders are what stands before a slash. */
export class MemoryFiles implements ConfigFiles {
  readonly texts: Map<string, string>;
  readonly made: string[] = [];
  /** Path -> POSIX code that any use of it throws. */
  readonly failing = new Map<string, string>();

  constructor(files: Readonly<Record<string, string>> = {}) {
    this.texts = new Map(Object.entries(files));
  }

  kind(path: string): 'file' | 'directory' {
    this.#refuse(path);
    if (this.texts.has(path)) return 'file';
    if (this.#under(path).length > 0) return 'directory';
    throw failure('ENOENT');
  }

  readText(path: string): string {
    this.#refuse(path);
    const text = this.texts.get(path);
    if (text === undefined) throw failure('ENOENT');
    return text;
  }

  readFolder(path: string): readonly string[] {
    this.#refuse(`${path}/`);
    return [...new Set(this.#under(path).map((rest) => rest.split('/')[0]!))].reverse();
  }

  makeFolder(path: string): void {
    this.#refuse(`mkdir ${path}`);
    this.made.push(path);
  }

  writePrivate(path: string, text: string): void {
    this.#refuse(path);
    this.texts.set(path, text);
  }

  #under(path: string): readonly string[] {
    const prefix = path.endsWith('/') ? path : `${path}/`;
    return [...this.texts.keys()]
      .filter((one) => one.startsWith(prefix))
      .map((one) => one.slice(prefix.length));
  }

  #refuse(path: string): void {
    const code = this.failing.get(path);
    if (code !== undefined) throw failure(code);
  }
}

/** Host `vm` with loopback and one private address unless told otherwise. */
export function memoryEnvironment(
  files: MemoryFiles = new MemoryFiles(),
  interfaces: readonly InterfaceAddress[] = [LOOPBACK, ETH0],
): ConfigEnvironment {
  return { hostname: () => 'vm', interfaces: () => interfaces, files };
}

/** Always the same id. */
export const TEST_UUID = '00000000-0000-4000-8000-000000000001';

export const testRandom = {
  float: () => 0.5,
  bytes: (count: number) => new Uint8Array(count),
  uuid: () => TEST_UUID,
};
