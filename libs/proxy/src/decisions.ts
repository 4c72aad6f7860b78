import type { Intention } from '@mesh/api-contract';
import type { ServiceIdentity } from '@mesh/connect-ca';
import { covers } from '@mesh/intentions';

export interface DecisionsOptions {
  /** Asks the agent about a source that no intention names; remembered until the intentions change. */
  readonly ask: (source: ServiceIdentity) => Promise<boolean>;
}

/** Answers remembered; with more sources the oldest are asked about again. */
const MAX_REMEMBERED = 4096;

/** Who may connect to the service: by the intentions that match it, in order; by the agent's word where none does. */
export class Decisions {
  private readonly options: DecisionsOptions;
  private intentions: readonly Intention[] = [];
  private readonly defaults = new Map<string, boolean>();
  private readonly listeners = new Set<() => void>();

  constructor(options: DecisionsOptions) {
    this.options = options;
  }

  /** Called when connections that were allowed may not be any more. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** The intentions that match the service as destination, in order of precedence. */
  set(intentions: readonly Intention[]): void {
    this.intentions = intentions;
    this.defaults.clear();
    for (const listener of this.listeners) listener();
  }

  /** What is known without asking; undefined where the agent has to be asked. */
  known(source: ServiceIdentity): boolean | undefined {
    const asked = { namespace: source.namespace, name: source.service };
    const decider = this.intentions.find(({ SourceNS, SourceName }) =>
      covers({ namespace: SourceNS, name: SourceName }, asked),
    );
    return decider ? decider.Action === 'allow' : this.defaults.get(keyOf(source));
  }

  /** Rejects with MeshError when the agent has to be asked and does not answer. */
  async isAllowed(source: ServiceIdentity): Promise<boolean> {
    const known = this.known(source);
    if (known !== undefined) return known;
    const answer = await this.options.ask(source);
    if (this.defaults.size >= MAX_REMEMBERED) this.defaults.clear();
    this.defaults.set(keyOf(source), answer);
    // An intention may have come while the agent was asked.
    return this.known(source) ?? answer;
  }
}

function keyOf({ namespace, service, datacenter }: ServiceIdentity): string {
  return `${datacenter}\0${namespace}\0${service}`;
}
