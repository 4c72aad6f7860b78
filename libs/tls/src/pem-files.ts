import { X509Certificate } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { invalid, MeshError } from '@mesh/base';

/** Files of a ca_path that are read at most; more is some other folder. */
const CA_FILES_MAX = 1024;

/** One certificate in PEM (RFC 7468). */
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Keys of the configuration that name files in PEM. */
export type PemKey = 'ca_file' | 'ca_path' | 'cert_file' | 'key_file';

/**
 * Text of a file.
 *
 * @throws MeshError `invalid-argument` naming key and file when it cannot be read
 */
export function readPem(key: PemKey, path: string): string {
  return reading(key, path, () => readFileSync(path, 'utf8'));
}

/**
 * Certificates of the authorities: those of ca_file, else of every file in the folder ca_path and the folders in it.
 * Undefined where neither is given.
 *
 * @throws MeshError `invalid-argument` naming key and file when one cannot be read or holds no certificate
 */
export function readAuthorities(caFile: string, caPath: string): string | undefined {
  if (caFile !== '') return certificatesOf('ca_file', caFile).join('\n');
  if (caPath === '') return undefined;
  const files = filesIn(caPath);
  if (files.length === 0) throw invalid(`ca_path: there is no file in ${caPath}`);
  if (files.length > CA_FILES_MAX) {
    throw invalid(`ca_path: ${caPath} has ${files.length} files, accepted are ${CA_FILES_MAX}`);
  }
  return files.flatMap((file) => certificatesOf('ca_path', file)).join('\n');
}

/**
 * Certificates in a file, at least one, all readable.
 *
 * @throws MeshError `invalid-argument` naming key and file
 */
export function certificatesOf(key: PemKey, path: string): readonly string[] {
  const found = readPem(key, path).match(CERTIFICATE) ?? [];
  if (found.length === 0) throw invalid(`${key}: there is no certificate in PEM in ${path}`);
  for (const [at, pem] of found.entries()) {
    try {
      new X509Certificate(pem);
    } catch (cause) {
      const text = `${key}: certificate ${at + 1} of ${path} is damaged`;
      throw new MeshError('invalid-argument', text, { cause });
    }
  }
  return found;
}

function filesIn(folder: string): readonly string[] {
  return reading('ca_path', folder, () =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => join(folder, name))
      // Links count as what they lead to: mounted secrets consist of them.
      .filter((path) => !statSync(path).isDirectory())
      .sort(),
  );
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file or directory',
  EACCES: 'permission denied',
  EISDIR: 'is a directory',
  ENOTDIR: 'is not a directory',
};

function reading<T>(key: PemKey, path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    const why = REASONS[code] ?? message;
    throw new MeshError('invalid-argument', `${key}: cannot read ${path}: ${why}`, { cause });
  }
}
