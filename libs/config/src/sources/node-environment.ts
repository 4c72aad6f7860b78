import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { hostname, networkInterfaces } from 'node:os';
import type { ConfigEnvironment, ConfigFiles, InterfaceAddress } from './environment.ts';

const files: ConfigFiles = {
  kind: (path) => (statSync(path).isDirectory() ? 'directory' : 'file'),
  readText: (path) => readFileSync(path, 'utf8'),
  readFolder: (path) => readdirSync(path),
  makeFolder: (path) => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  },
  writePrivate: (path, text) => {
    writeFileSync(path, text, { mode: 0o600 });
    // The mode above counts only for a file that was not there before.
    chmodSync(path, 0o600);
  },
};

function interfaces(): readonly InterfaceAddress[] {
  return Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    (addresses ?? []).map(
      (one): InterfaceAddress => ({
        name,
        address: one.address,
        family: one.family === 'IPv4' ? 'ipv4' : 'ipv6',
        loopback: one.internal,
      }),
    ),
  );
}

/** The machine that this process runs on. */
export const nodeEnvironment: ConfigEnvironment = { hostname, interfaces, files };
