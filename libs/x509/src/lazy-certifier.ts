import type { Certifier } from '@mesh/connect-ca';

type Method = keyof Certifier;

/**
 * Certificates by @peculiar/x509, which is loaded at the first use: an agent that is not part of a mesh need
 * not hold its 9 MB.
 */
export function createCertifier(): Certifier {
  let loaded: Promise<Certifier> | undefined;
  const load = () => {
    loaded ??= import('./certifier.ts').then((module) => module.createCertifier());
    return loaded;
  };
  const late =
    <M extends Method>(method: M) =>
    async (...given: Parameters<Certifier[M]>): Promise<Awaited<ReturnType<Certifier[M]>>> => {
      const certifier = await load();
      const run = certifier[method] as (...taken: unknown[]) => ReturnType<Certifier[M]>;
      return await run(...given);
    };
  return {
    createKey: late('createKey'),
    createRoot: late('createRoot'),
    crossSign: late('crossSign'),
    createCsr: late('createCsr'),
    signLeaf: late('signLeaf'),
    signIntermediate: late('signIntermediate'),
    readCsr: late('readCsr'),
    readCertificate: late('readCertificate'),
    isKeyOf: late('isKeyOf'),
  };
}
