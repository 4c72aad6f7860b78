import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type AnswerTable,
  APP,
  FakeAclAgent,
  MANAGEMENT,
  MASTER,
  OPS,
  TOKEN,
} from '../testing/fake-acl-agent.ts';

interface Recorded {
  readonly argv: readonly string[];
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

const file = join(__dirname, '..', '..', 'testdata', 'recorded-acl.json');
const recorded = JSON.parse(readFileSync(file, 'utf8')) as readonly Recorded[];

const denied = { status: 403, body: 'Permission denied' };
const refused = (body: string) => ({ status: 500, body });
const token = `/v1/acl/token/${TOKEN.AccessorID}`;
const CLONE = {
  ...TOKEN,
  AccessorID: '5daea3d8-12f8-f8ce-41b7-ca52d42831e3',
  SecretID: 'f8021f59-3178-6b5f-c6c1-032ae9852fdd',
  CreateTime: '2026-11-23T03:36:46.643577645Z',
};

/** What the agent answered then, besides the records that it always has; by command and occurrence. */
const ANSWERS: Readonly<Record<string, AnswerTable>> = {
  'acl bootstrap': {
    'PUT /v1/acl/bootstrap': {
      status: 403,
      body: 'Permission denied: ACL bootstrap no longer allowed (reset index: 5)',
    },
  },
  'acl token list': { 'GET /v1/acl/tokens': denied },
  'acl token list #2': {},
  'acl policy create -name app -description d -rules': { 'PUT /v1/acl/policy': { body: APP } },
  'acl policy create -name app -rules': {
    'PUT /v1/acl/policy': refused('Invalid Policy: A Policy with Name "app" already exists'),
  },
  'acl policy create -name bad -rules': {
    'PUT /v1/acl/policy': refused(
      'Failed to parse ACL rules: At 1:8: object expected closing RBRACE got: EOF',
    ),
  },
  'acl policy update -name app -description d2': {
    [`PUT /v1/acl/policy/${APP.ID}`]: { body: { ...APP, Description: 'd2' } },
  },
  'acl role create -name ops -policy-name app -service-identity web:dc1': {
    'PUT /v1/acl/role': { body: OPS },
  },
  [`acl token create -description t -policy-name app -accessor ${TOKEN.AccessorID} -secret ${TOKEN.SecretID}`]:
    { 'PUT /v1/acl/token': { body: TOKEN } },
  'acl token create -policy-name nope': {
    'PUT /v1/acl/token': refused('No such ACL policy with name "nope"'),
  },
  'acl token clone -id aaaaaaaa': { [`PUT ${token}/clone`]: { body: CLONE } },
  'acl token update -id aaaaaaaa -description t2 -merge-policies': {
    [`PUT ${token}`]: { body: { ...TOKEN, Description: 't2' } },
  },
  [`acl set-agent-token default ${TOKEN.SecretID}`]: { 'PUT /v1/agent/token/default': {} },
  'acl auth-method create -name m -type nope': {
    'PUT /v1/acl/auth-method': refused(
      'Invalid Auth Method: Type should be one of: [jwt kubernetes]',
    ),
  },
  'acl auth-method list': { 'GET /v1/acl/auth-methods': { body: [] } },
  'acl binding-rule list': { 'GET /v1/acl/binding-rules': { body: [] } },
  'acl binding-rule create -method m -bind-name x': {
    'PUT /v1/acl/binding-rule': refused('cannot find auth method with name "m"'),
  },
  'acl translate-rules': {
    'POST /v1/acl/rules/translate': { body: 'key_prefix "a" {\n  policy = "write"\n}' },
  },
  'login -method nope -bearer-token-file val.txt -token-sink-file sink': {
    'POST /v1/acl/login': { status: 403, body: 'ACL not found' },
  },
  logout: { 'POST /v1/acl/logout': denied },
  'acl token delete -id aaaaaaaa': { [`DELETE ${token}`]: { body: true } },
  'acl token delete -id aaaaaaaa #2': { 'GET /v1/acl/tokens': { body: [MASTER] } },
  'acl role delete -name ops': { [`DELETE /v1/acl/role/${OPS.ID}`]: { body: true } },
  'acl policy delete -name app': { [`DELETE /v1/acl/policy/${APP.ID}`]: { body: true } },
  'acl policy delete -name global-management': {
    [`DELETE /v1/acl/policy/${MANAGEMENT.ID}`]: refused(
      'Delete operation not permitted on the builtin global-management policy',
    ),
  },
};

/** Texts that are clearer here. */
const BETTER: Readonly<Record<string, string>> = {
  "Missing require '-name' flag\n": "Missing required '-name' flag\n",
};

/** A command without its rules, which hold spaces. */
const nameOf = ({ argv }: Recorded) =>
  argv.filter((word) => word !== '' && !word.includes('{')).join(' ');

/** With a number from the second time on. */
const names = recorded.map((one, at) => {
  const before = recorded.slice(0, at).filter((other) => nameOf(other) === nameOf(one)).length;
  return before === 0 ? nameOf(one) : `${nameOf(one)} #${before + 1}`;
});

describe('recorded invocations of access control', () => {
  let agent: FakeAclAgent;
  let folder: string;
  beforeAll(async () => {
    agent = await FakeAclAgent.start();
    folder = await mkdtemp(join(tmpdir(), 'mesh-acl-'));
    writeFileSync(join(folder, 'val.txt'), 'from file');
  });
  afterAll(async () => {
    await agent.stop();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => agent.reset());

  it('every answer belongs to one of them', () => {
    expect(names).toEqual(expect.arrayContaining(Object.keys(ANSWERS)));
    expect(recorded).toHaveLength(45);
  });

  it.each(recorded.map((one, at) => [names[at]!, one] as const))('%s', async (name, one) => {
    agent.extra = ANSWERS[name] ?? {};
    const argv = one.argv.map((word) =>
      word === 'val.txt' || word === 'sink' ? join(folder, word) : word,
    );
    const done = await agent.run(argv);
    expect({ exit: done.code, stdout: done.stdout }).toEqual({
      exit: one.exit,
      stdout: one.stdout,
    });
    const wanted = (BETTER[one.stderr] ?? one.stderr).trimEnd();
    expect(done.stderr.slice(0, wanted.length)).toBe(wanted);
    expect(done.stderr === '').toBe(one.stderr === '');
  });
});
