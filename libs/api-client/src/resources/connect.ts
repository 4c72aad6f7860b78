import { connectCaRoutes } from '@mesh/api-contract';
import { asIs, type ClientCore } from '../client-core.ts';
import type { CallOptions, ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';

/** Authorities that are trusted. */
export interface ConnectRoots {
  readonly ActiveRootID: string;
  readonly TrustDomain: string;
  readonly Roots: readonly {
    readonly ID: string;
    readonly Name: string;
    readonly RootCert: string;
    readonly Active: boolean;
  }[];
}

/** Provider and settings of the authority. */
export interface ConnectConfiguration {
  readonly Provider: string;
  readonly Config: Readonly<Record<string, unknown>>;
  readonly ForceWithoutCrossSigning?: boolean;
}

/** The certificate authority of the service mesh. */
export class ConnectApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Authorities that are trusted, and which of them signs. */
  roots(options?: ReadOptions): Read<ConnectRoots> {
    return this.#core.read(connectCaRoutes.roots, {}, {}, asIs<ConnectRoots>(), options);
  }

  /** Provider and settings, without keys. */
  configuration(options?: ReadOptions): Read<ConnectConfiguration> {
    const { configuration } = connectCaRoutes;
    return this.#core.read(configuration, {}, {}, asIs<ConnectConfiguration>(), options);
  }

  /** Changes the settings; another key makes another authority. */
  async configure(body: ConnectConfiguration, options?: CallOptions): Promise<void> {
    await this.#core.change({ route: connectCaRoutes.configure, body, idempotent: true }, options);
  }
}
