import { boolFlag, CommandError, textFlag } from '@mesh/cli-kit';
import {
  authMethodFlags,
  authMethodPath,
  checkAuthMethodFlags,
  checkKubernetes,
  configOf,
  mergedSettings,
  wantedSettings,
} from '../acl/auth-method.ts';
import { authMethodLayout } from '../acl/auth-method-text.ts';
import { getIfThere, putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { AuthMethod } from '../acl/records.ts';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl auth-method update -name NAME [options]',
  about: `Changes an auth method: those of its fields that are given, unless -no-merge sets all.
Its type cannot be changed. -config replaces the whole configuration, the -kubernetes flags parts.

    $ consul acl auth-method update -name=minikube -kubernetes-host=https://192.0.2.44:8443`,
  connection: 'namespaced',
  flags: {
    ...authMethodFlags,
    format: formatFlag,
    meta: metaFlag,
    name: textFlag('Name of the method. Required.'),
    'no-merge': boolFlag('Set every field: what is not given becomes empty.'),
  },
  async run({ flags, given, args, io, print, api }) {
    noArguments(args);
    checkFormat(flags.format);
    const { name } = flags;
    if (name === '') {
      throw new CommandError('Cannot update an auth method without specifying the -name parameter');
    }
    checkAuthMethodFlags(flags);
    const client = api();
    const now = await methodOf(client, name);
    const isWhole = flags['no-merge'];
    const Config = await configOf(now.Type, flags, io, isWhole ? {} : (now.Config ?? {}));
    if (isWhole) checkKubernetes(now.Type, Config);
    const settings = isWhole ? wantedSettings(flags) : mergedSettings(now, flags, given);
    const wanted = { Name: now.Name, Type: now.Type, ...settings, Config };
    const work = putRecord<AuthMethod>(client, authMethodPath(name), wanted);
    const stored = await attempt(`Error updating auth method "${name}"`, work);
    print(formatted(authMethodLayout, stored, flags));
    return 0;
  },
});

async function methodOf(api: AgentApi, name: string): Promise<AuthMethod> {
  const reading = getIfThere<AuthMethod>(api, authMethodPath(name));
  const method = await attempt(`Error reading auth method "${name}"`, reading);
  if (method) return method;
  throw new CommandError(`Auth method not found with name "${name}"`);
}
