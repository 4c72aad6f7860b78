import type { Intention } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { type ServiceIdentity, serviceUri } from '@mesh/connect-ca';
import type { AgentHttp } from './agent-http.ts';
import type { AgentPresence } from './agent-presence.ts';
import type { Verdict } from './decisions.ts';
import { type Endpoint, endpointsOf } from './endpoints.ts';

/** Longest that a question may take, milliseconds. */
const QUESTION_MS = 5000;

/** Questions to the agent that it answers at once. */
export class AgentQuestions {
  private readonly http: AgentHttp;
  private readonly presence: AgentPresence;

  constructor(http: AgentHttp, presence: AgentPresence) {
    this.http = http;
    this.presence = presence;
  }

  /** Whether a source may connect to a service. Rejects with MeshError. */
  async authorize(source: ServiceIdentity, service: string): Promise<Verdict> {
    const body = {
      Target: service,
      ClientCertURI: serviceUri(source),
      ClientCertSerial: '',
    };
    const text = await this.ask('POST', '/v1/agent/connect/authorize', body);
    const { Authorized, Reason } = JSON.parse(text) as { Authorized?: boolean; Reason?: string };
    return {
      isAllowed: Authorized === true,
      // "ACLs disabled, ...", "Default behavior configured by ACLs".
      isDefault: /\bACLs?\b/.test(Reason ?? ''),
    };
  }

  /** The instances that a prepared query gives. Rejects with MeshError. */
  async execute(query: string, datacenter: string): Promise<readonly Endpoint[]> {
    const dc = datacenter === '' ? '' : `&dc=${encodeURIComponent(datacenter)}`;
    const path = `/v1/query/${encodeURIComponent(query)}/execute?connect=true${dc}`;
    const text = await this.ask('GET', path);
    return endpointsOf((JSON.parse(text) as { Nodes?: unknown }).Nodes ?? []);
  }

  private async ask(method: 'GET' | 'POST', path: string, body?: unknown): Promise<string> {
    const answer = await this.http
      .ask(method, path, { signal: AbortSignal.timeout(QUESTION_MS), ...(body ? { body } : {}) })
      .catch((thrown: unknown) => {
        const error = MeshError.from(thrown);
        this.presence.missed(path, error.message);
        throw error;
      });
    this.presence.answered();
    const { status, text } = answer;
    if (status === 200) return text;
    throw new MeshError('unavailable', `${path}: ${status} ${text.trim()}`);
  }
}

/** The intentions of an answer of /v1/connect/intentions/match for one destination, in order of precedence. */
export function matchesOf(value: unknown, service: string): readonly Intention[] {
  return (value as Readonly<Record<string, readonly Intention[] | null>>)[service] ?? [];
}
