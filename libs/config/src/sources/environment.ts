/** What loading a configuration needs of its machine; tests give their own. */

export interface InterfaceAddress {
  /** Interface: eth0. */
  readonly name: string;
  /** Without a zone or prefix length. */
  readonly address: string;
  readonly family: 'ipv4' | 'ipv6';
  /** Interface is a loopback. */
  readonly loopback: boolean;
}

export interface ConfigFiles {
  /** @throws Error with a POSIX `code` */
  kind(path: string): 'file' | 'directory';
  /** UTF-8 text of a file. @throws Error with a POSIX `code` */
  readText(path: string): string;
  /** Names in a folder. @throws Error with a POSIX `code` */
  readFolder(path: string): readonly string[];
  /** Creates a folder and its parents, mode 0700 @throws Error with a POSIX `code` */
  makeFolder(path: string): void;
  /** Writes a whole file, mode 0600. @throws Error with a POSIX `code` */
  writePrivate(path: string, text: string): void;
}

export interface ConfigEnvironment {
  hostname(): string;
  interfaces(): readonly InterfaceAddress[];
  readonly files: ConfigFiles;
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'is a directory',
  ENOENT: 'no such file or directory',
  ENOTDIR: 'not a directory',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  EMFILE: 'too many open files',
  ELOOP: 'too many levels of symbolic links',
  ENAMETOOLONG: 'file name too long',
};

/** What went wrong with a file in the words of POSIX: "no such file or directory". */
export function fileReason(thrown: unknown): string {
  const code = (thrown as { readonly code?: unknown } | undefined)?.code;
  if (typeof code === 'string' && REASONS[code] !== undefined) return REASONS[code];
  return thrown instanceof Error ? thrown.message : String(thrown);
}
