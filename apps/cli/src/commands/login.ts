import { CommandError, mapFlag, textFlag } from '@mesh/cli-kit';
import type { Token } from '../acl/records.ts';
import { requireFlag } from '../acl/required-flag.ts';
import { openSecretFile } from '../acl/secret-file.ts';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt, readFile } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

/** Types of auth methods that a bearer token is for; '' leaves it to the method. */
const TYPES: readonly string[] = ['', 'jwt', 'kubernetes'];

export const command = defineApiCommand({
  usage: 'consul login -method NAME -bearer-token-file FILE -token-sink-file FILE [options]',
  about: `Exchanges a token of a third party, such as a JWT or that of a Kubernetes service account,
for an ACL token, and writes its secret to a file. consul logout destroys it again.

    $ consul login -method=minikube -token-sink-file=consul.token \\
        -bearer-token-file=/run/secrets/kubernetes.io/serviceaccount/token`,
  connection: 'namespaced',
  flags: {
    'bearer-token-file': textFlag('File with the token of the third party. Required.'),
    meta: mapFlag('KEY=VALUE to note in the description of the token. May be given several times.'),
    method: textFlag('Name of the auth method. Required.'),
    'token-sink-file': textFlag('File to write the secret of the new token to. Required.'),
    type: textFlag('Type of the auth method: jwt or kubernetes. Not needed.'),
  },
  async run({ flags, args, api }) {
    noArguments(args);
    requireFlag('method', flags.method);
    requireFlag('token-sink-file', flags['token-sink-file']);
    requireFlag('bearer-token-file', flags['bearer-token-file']);
    if (!TYPES.includes(flags.type)) {
      throw new CommandError(
        `Unknown type: ${flags.type} (accepted: jwt, kubernetes; both log in with a bearer token)`,
      );
    }
    const BearerToken = await bearerToken(flags['bearer-token-file']);
    const client = api();
    const writing = 'Error writing token to file sink';
    const sink = await attempt(writing, () => openSecretFile(flags['token-sink-file']));
    try {
      const Meta = Object.fromEntries(flags.meta);
      const work = login(client, { AuthMethod: flags.method, BearerToken, Meta });
      const secret = await attempt('Error logging in', work);
      await attempt(writing, () => sink.write(secret));
    } finally {
      sink.close();
    }
    return 0;
  },
});

async function bearerToken(path: string): Promise<string> {
  const bytes = await attempt('Error reading bearer token', () => readFile(path));
  const token = bytes.toString('utf8').trim();
  if (token === '') throw new CommandError(`No bearer token found in ${path}`);
  return token;
}

interface LoginRequest {
  readonly AuthMethod: string;
  readonly BearerToken: string;
  readonly Meta: Readonly<Record<string, string>>;
}

/** @returns the secret of the new token */
async function login(api: AgentApi, request: LoginRequest): Promise<string> {
  const answer = await api.post('/v1/acl/login', { body: JSON.stringify(request) });
  const { SecretID } = JSON.parse(answer) as Partial<Token>;
  if (!SecretID) throw new Error('the answer of the agent has no SecretID');
  return SecretID;
}
