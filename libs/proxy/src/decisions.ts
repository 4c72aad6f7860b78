import type { Intention } from '@mesh/api-contract';
import type { ServiceIdentity } from '@mesh/connect-ca';
import { covers } from '@mesh/intentions';

/** What the agent says of a source. */
export interface Verdict {
  readonly isAllowed: boolean;
  /** No intention decided: it is what holds for everyone that none names. */
  readonly isDefault: boolean;
}

export interface DecisionsOptions {
  /** Asks the agent about a source that no intention names; rejects with MeshError when it does not answer. */
  readonly ask: (source: ServiceIdentity) => Promise<Verdict>;
}

/** Answers remembered; with more sources all are asked about again. */
const MAX_REMEMBERED = 4096;
/** Questions for one connection while the intentions change under them. */
const MAX_QUESTIONS = 3;

/**
 * Who may connect to the service: by the intentions that match it, in order of precedence; where none does, by
 * the agent's word, which is asked for once and remembered until the intentions change.
 */
export class Decisions {
  private readonly options: DecisionsOptions;
  private intentions: readonly Intention[] = [];
  private readonly remembered = new Map<string, boolean>();
  private readonly asking = new Map<string, Promise<Verdict>>();
  private readonly listeners = new Set<() => void>();
  private generation = 0;
  /** What the agent last said of sources that no intention names. */
  private byDefault: boolean | undefined;

  constructor(options: DecisionsOptions) {
    this.options = options;
  }

  /** How many intentions match the service. */
  get count(): number {
    return this.intentions.length;
  }

  /** Called when connections that were allowed may not be any more. */
  onChange(listener: () => void): void {
    this.listeners.add(listener);
  }

  /** The intentions that match the service as destination, in order of precedence. */
  set(intentions: readonly Intention[]): void {
    this.intentions = intentions;
    this.generation++;
    this.remembered.clear();
    this.asking.clear();
    for (const listener of this.listeners) listener();
  }

  /** What is known without asking; undefined where the agent has to be asked. */
  known(source: ServiceIdentity): boolean | undefined {
    const asked = { namespace: source.namespace, name: source.service };
    const decider = this.intentions.find(({ SourceNS, SourceName }) =>
      covers({ namespace: SourceNS, name: SourceName }, asked),
    );
    return decider ? decider.Action === 'allow' : this.remembered.get(keyOf(source));
  }

  /**
   * Rejects with MeshError when the agent has to be asked, does not answer, and has never said what holds for
   * sources that no intention names.
   */
  async isAllowed(source: ServiceIdentity): Promise<boolean> {
    for (let question = 1; ; question++) {
      const known = this.known(source);
      if (known !== undefined) return known;
      const { generation } = this;
      const answer = await this.ask(source);
      if (generation === this.generation || question === MAX_QUESTIONS) return answer;
    }
  }

  private async ask(source: ServiceIdentity): Promise<boolean> {
    const { generation } = this;
    const key = keyOf(source);
    let asking = this.asking.get(key);
    if (!asking) {
      asking = this.options.ask(source);
      this.asking.set(key, asking);
    }
    try {
      const { isAllowed, isDefault } = await asking;
      if (generation !== this.generation) return isAllowed;
      if (isDefault) this.byDefault = isAllowed;
      if (this.remembered.size >= MAX_REMEMBERED) this.remembered.clear();
      this.remembered.set(key, isAllowed);
      return isAllowed;
    } catch (error) {
      // The agent is away: what it said of others that no intention names holds on.
      if (this.byDefault === undefined) throw error;
      return this.byDefault;
    } finally {
      if (this.asking.get(key) === asking) this.asking.delete(key);
    }
  }
}

function keyOf({ namespace, service, datacenter }: ServiceIdentity): string {
  return `${datacenter}\0${namespace}\0${service}`;
}
