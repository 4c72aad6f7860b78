import {
  type CheckServiceNode,
  type HealthCheck,
  type HealthStatus,
  healthRoutes,
} from '@mesh/api-contract';
import { asList, type ClientCore } from '../client-core.ts';
import type { ReadOptions } from '../options.ts';
import type { Read } from '../read.ts';
import { type NodeOptions, nodeQuery, type ServiceOptions } from './catalog.ts';

export interface HealthServiceOptions extends ServiceOptions {
  /** Leave out instances with a check that is not passing. @default false */
  readonly passing?: boolean;
}

/** Checks, and instances with the checks that decide whether they are usable. */
export class HealthApi {
  readonly #core: ClientCore;

  constructor(core: ClientCore) {
    this.#core = core;
  }

  /** Instances of a service with node and checks. */
  service(service: string, options: HealthServiceOptions = {}): Read<readonly CheckServiceNode[]> {
    const query = { ...nodeQuery(options), tag: options.tags, passing: options.passing };
    const decoder = asList<CheckServiceNode>();
    return this.#core.read(healthRoutes.service, { service }, query, decoder, options);
  }

  /** Instances that serve a service over mutual TLS, with node and checks. */
  connect(service: string, options: HealthServiceOptions = {}): Read<readonly CheckServiceNode[]> {
    const query = { ...nodeQuery(options), tag: options.tags, passing: options.passing };
    const decoder = asList<CheckServiceNode>();
    return this.#core.read(healthRoutes.connect, { service }, query, decoder, options);
  }

  /** Ingress gateways that expose a service, with node and checks. */
  ingress(service: string, options: HealthServiceOptions = {}): Read<readonly CheckServiceNode[]> {
    const query = { ...nodeQuery(options), tag: options.tags, passing: options.passing };
    const decoder = asList<CheckServiceNode>();
    return this.#core.read(healthRoutes.ingress, { service }, query, decoder, options);
  }

  /** Checks of a node and of the services on it. */
  node(node: string, options?: ReadOptions): Read<readonly HealthCheck[]> {
    return this.#core.read(healthRoutes.node, { node }, {}, asList<HealthCheck>(), options);
  }

  /** Checks of all instances of a service. */
  checks(service: string, options: NodeOptions = {}): Read<readonly HealthCheck[]> {
    const decoder = asList<HealthCheck>();
    return this.#core.read(healthRoutes.checks, { service }, nodeQuery(options), decoder, options);
  }

  /** Checks in a state. */
  state(state: HealthStatus | 'any', options: NodeOptions = {}): Read<readonly HealthCheck[]> {
    const decoder = asList<HealthCheck>();
    return this.#core.read(healthRoutes.state, { state }, nodeQuery(options), decoder, options);
  }
}
