import { type CannedAnswer, FakeServer, type SeenRequest } from './fake-server.ts';
import { type Finished, runCommand } from './run-command.ts';

/** Answers by `METHOD /path?query`. */
export type AnswerTable = Readonly<Record<string, CannedAnswer>>;

/** An agent that knows a few records of access control, and what a test adds to them. */
export class FakeAclAgent {
  /** What a test adds, or puts in the place of the usual answers. */
  extra: AnswerTable = {};
  readonly #server: FakeServer;

  private constructor(server: FakeServer) {
    this.#server = server;
  }

  static async start(): Promise<FakeAclAgent> {
    const answer = ({ method, url }: SeenRequest) =>
      agent.extra[`${method} ${url}`] ?? USUAL[`${method} ${url}`];
    const server = await FakeServer.start(answer);
    const agent = new FakeAclAgent(server);
    return agent;
  }

  /** Forgets what was asked and what a test added. */
  reset(): void {
    this.#server.seen.length = 0;
    this.extra = {};
  }

  /** Runs a command line against it. */
  run(argv: readonly string[], stdin = ''): Promise<Finished> {
    return runCommand(argv, { CONSUL_HTTP_ADDR: this.#server.address }, stdin);
  }

  /** What was asked: `METHOD /path?query`. */
  lines(): readonly string[] {
    return this.#server.seen.map(({ method, url }) => `${method} ${url}`);
  }

  /** All that was asked. */
  requests(): readonly SeenRequest[] {
    return this.#server.seen;
  }

  /** Body of the last request, parsed. */
  sent(): unknown {
    return JSON.parse(this.#server.seen.at(-1)!.body);
  }

  stop(): Promise<void> {
    return this.#server.stop();
  }
}

export const MANAGEMENT = {
  ID: '00000000-0000-0000-0000-000000000001',
  Name: 'global-management',
  Description: 'Builtin Policy that grants unlimited access',
  Datacenters: null,
  Hash: 'swIQt6up+s0cV4kePfJ2aRdKCLaQyykF4Hl1Nfdeumk=',
  CreateIndex: 4,
  ModifyIndex: 4,
};

const APP_ENTRY = {
  ID: '3a91c503-e313-e1b5-9173-872877bf34b2',
  Name: 'app',
  Description: 'd',
  Datacenters: null,
  Hash: 'qrcXEth7UwdF/4xGEKrUjq8JlMZjpQJhJY/PZG8Nb1g=',
  CreateIndex: 16,
  ModifyIndex: 16,
};

export const APP_RULES = 'key_prefix "app/" { policy = "write" }';

/** As the agent answers a single policy: without empty lists. */
export const APP = (() => {
  const { Datacenters: _none, ...rest } = APP_ENTRY;
  return { ...rest, Rules: APP_RULES };
})();

const APP_LINK = { ID: APP.ID, Name: 'app' };

export const OPS = {
  ID: '1d9c163a-e297-c768-9f19-66ee7b211515',
  Name: 'ops',
  Description: '',
  Policies: [APP_LINK],
  ServiceIdentities: [{ ServiceName: 'web', Datacenters: ['dc1'] }],
  Hash: 'q9O3arbOJclCPQ18BhXekaipQwByPem0e83qyCB//zE=',
  CreateIndex: 18,
  ModifyIndex: 18,
};

export const MASTER = {
  AccessorID: 'e3a132e6-2b47-98cd-ad4f-b00df8e9c71c',
  SecretID: '11111111-2222-3333-4444-555555555555',
  Description: 'Master Token',
  Policies: [{ ID: MANAGEMENT.ID, Name: MANAGEMENT.Name }],
  Local: false,
  CreateTime: '2026-11-23T03:36:38.735996577Z',
  Hash: 'oyrov6+GFLjo/KZAfqgxF/X4J/3LX0435DOBy9V22I0=',
  CreateIndex: 5,
  ModifyIndex: 5,
};

export const ANONYMOUS = {
  AccessorID: '00000000-0000-0000-0000-000000000002',
  SecretID: 'anonymous',
  Description: 'Anonymous Token',
  Local: false,
  CreateTime: '2026-11-23T03:36:38.73627824Z',
  Hash: '',
  CreateIndex: 6,
  ModifyIndex: 6,
};

export const TOKEN = {
  AccessorID: 'aaaaaaaa-1111-2222-3333-444444444444',
  SecretID: 'bbbbbbbb-1111-2222-3333-444444444444',
  Description: 't',
  Policies: [APP_LINK],
  Local: false,
  CreateTime: '2026-11-23T03:36:45.753002016Z',
  Hash: 'EcqMSQHDlSPVOjgVJdqIfUYrBeZD6o+sg1+CU5fDF68=',
  CreateIndex: 19,
  ModifyIndex: 19,
};

function withoutSecret({ SecretID: _secret, ...entry }: { readonly SecretID: string }) {
  return entry;
}

const USUAL: AnswerTable = {
  'GET /v1/acl/policies': { body: [MANAGEMENT, APP_ENTRY] },
  [`GET /v1/acl/policy/${APP.ID}`]: { body: APP },
  'GET /v1/acl/roles': { body: [OPS] },
  [`GET /v1/acl/role/${OPS.ID}`]: { body: OPS },
  'GET /v1/acl/tokens': { body: [MASTER, ANONYMOUS, TOKEN].map(withoutSecret) },
  [`GET /v1/acl/token/${TOKEN.AccessorID}`]: { body: TOKEN },
  'GET /v1/acl/token/self': { body: MASTER },
};
