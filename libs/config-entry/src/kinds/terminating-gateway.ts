import { invalid, text } from '@mesh/base';
import type { KindRules } from './kind.ts';
import { entry, namespace, part, parts } from './shapes.ts';

const service = part({
  ...{ Name: text, CAFile: text, CertFile: text, KeyFile: text, SNI: text },
  Namespace: namespace,
});

/** terminating-gateway: services outside the mesh that are reached from within. */
export const terminatingGateway: KindRules = {
  shape: entry({ Services: parts(service) }),
  check: ({ Services }) => {
    const seen = new Set<string>();
    for (const one of Services as readonly ReturnType<typeof service.decode>[]) {
      const { Name = '', CAFile, CertFile, KeyFile } = one;
      if (Name === '') throw invalid('Service name cannot be blank.');
      if (seen.has(Name)) throw invalid(`Service "${Name}" was specified more than once`);
      seen.add(Name);
      const isHalf = (CertFile === undefined) !== (KeyFile === undefined);
      if (isHalf || (CertFile !== undefined && CAFile === undefined)) {
        throw invalid(
          `Service "${Name}" must have a CertFile, CAFile, and KeyFile specified for TLS origination`,
        );
      }
    }
  },
};
