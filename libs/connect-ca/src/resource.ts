import type { Resource } from '@mesh/resource';
import type { StateView } from '@mesh/state';
import type { Authority } from './authority.ts';
import { authorityStore, foreignStore, rootRemove } from './commands.ts';
import { decodeConfigure } from './decode.ts';
import {
  type ConfigureArgs,
  caConfigurationGet,
  caConfigurationSet,
  caRemoveRoot,
  caRootsGet,
  caSign,
  caSignIntermediate,
  caStore,
  caStoreForeign,
} from './endpoint.ts';
import { publicConfiguration } from './queries.ts';
import { caConfigurations, caRoots } from './table.ts';

export interface CaResourceParts {
  /** Asked for only once the server is built. */
  readonly authority: () => Authority;
  readonly view: () => StateView;
}

/** The certificate authority as a resource of the servers. */
export function caResource({ authority, view }: CaResourceParts): Resource {
  return {
    name: 'connect-ca',
    tables: [caConfigurations, caRoots],
    commands: [authorityStore, foreignStore, rootRemove],
    endpoints: [caRootsGet, caStore, caStoreForeign, caRemoveRoot],
    calls: [
      { endpoint: caConfigurationGet, run: () => publicConfiguration(view()) ?? null },
      {
        endpoint: caConfigurationSet,
        run: (args) => authority().configure(decodeConfigure(args) satisfies ConfigureArgs),
      },
      {
        endpoint: caSign,
        run: (args, authorizer) =>
          authority().sign(csrOf(args), (service) =>
            authorizer.allows('service', 'write', service),
          ),
      },
      {
        endpoint: caSignIntermediate,
        run: (args) => authority().signIntermediate(csrOf(args)),
      },
    ],
  };
}

function csrOf(args: unknown): unknown {
  return (args as { csr?: unknown } | null)?.csr;
}
