import { textFlag } from '@mesh/cli-kit';
import {
  AUTH_METHOD,
  authMethodFlags,
  checkAuthMethodFlags,
  checkKubernetes,
  configOf,
  wantedSettings,
} from '../acl/auth-method.ts';
import { authMethodLayout } from '../acl/auth-method-text.ts';
import { putRecord } from '../acl/lookup.ts';
import { checkFormat, formatFlag, formatted, metaFlag } from '../acl/output-format.ts';
import type { AuthMethod } from '../acl/records.ts';
import { requireFlag } from '../acl/required-flag.ts';
import { defineApiCommand } from '../api-command.ts';
import { attempt } from '../command.ts';
import { noArguments } from '../no-arguments.ts';

export const command = defineApiCommand({
  usage: 'consul acl auth-method create -name NAME -type TYPE [options]',
  about: `Creates an auth method: whose tokens of third parties consul login takes. Types are jwt
and kubernetes.

    $ consul acl auth-method create -name=ci -type=jwt -config=@jwt.json -max-token-ttl=15m
    $ consul acl auth-method create -name=minikube -type=kubernetes \\
        -kubernetes-host=https://192.0.2.42:8443 -kubernetes-ca-cert=@ca.crt \\
        -kubernetes-service-account-jwt=eyJhbGciOiJSUzI1NiIsImtpZCI...`,
  connection: 'namespaced',
  flags: {
    ...authMethodFlags,
    format: formatFlag,
    meta: metaFlag,
    name: textFlag('Name of the method. Required.'),
    type: textFlag('Type of the method: jwt or kubernetes. Required.'),
  },
  async run({ flags, args, io, print, api }) {
    noArguments(args);
    requireFlag('type', flags.type);
    requireFlag('name', flags.name);
    checkFormat(flags.format);
    checkAuthMethodFlags(flags);
    const Config = await configOf(flags.type, flags, io);
    checkKubernetes(flags.type, Config);
    const wanted = { Name: flags.name, Type: flags.type, ...wantedSettings(flags), Config };
    const work = putRecord<AuthMethod>(api(), AUTH_METHOD, wanted);
    const made = await attempt('Failed to create new auth method', work);
    print(formatted(authMethodLayout, made, flags));
    return 0;
  },
});
