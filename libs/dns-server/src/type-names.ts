/// <reference path="./native-dns.d.ts" />
import { RCODE } from '@mesh/dns';

/** Names of record types and response codes, for people. */
export interface TypeNames {
  type(code: number): string;
  rcode(code: number): string;
}

let loading: Promise<TypeNames> | undefined;

/**
 * The tables of native-dns. Loaded when they are first wanted: the package takes longer to load than all the
 * rest of this lib, and looks into the system's resolver configuration. Nothing else of it sees network bytes.
 */
export function loadTypeNames(): Promise<TypeNames> {
  loading ??= import('native-dns').then((loaded) => {
    const { consts } = 'default' in loaded ? (loaded.default as typeof loaded) : loaded;
    return {
      type: (code) => consts.QTYPE_TO_NAME[code] ?? `TYPE${code}`,
      // The table calls it NOTFOUND.
      rcode: (code) =>
        code === RCODE.NXDOMAIN ? 'NXDOMAIN' : (consts.RCODE_TO_NAME[code] ?? `RCODE${code}`),
    };
  });
  return loading;
}
