import { invalid } from '@mesh/base';
import { type Handler, jsonReply, type RequestContext, readReply } from '@mesh/resource';
import { authMethodDelete, authMethodList, authMethodRead, authMethodSet } from './auth-methods.ts';
import {
  bindingRuleDelete,
  bindingRuleList,
  bindingRuleRead,
  bindingRuleSet,
} from './binding-rules.ts';
import { authMethodBody, bindingRuleBody } from './decode.ts';
import { type AclHttpDeps, bodyOf, foundOr404, requireId, sameId } from './http-request.ts';

/** Handlers of auth methods and binding rules. */
export function authMethodHandlers({ rpc }: Pick<AclHttpDeps, 'rpc'>) {
  const writeMethod = async (request: RequestContext, name: string) => {
    const body = bodyOf(request, authMethodBody, 'Auth Method');
    const Name = name === '' ? body.Name : sameId(name, body.Name, 'Auth Method Name');
    const args = { ...body, Name, isNew: name === '' };
    const { datacenter, token, signal } = request.writeOptions;
    const options = { datacenter, token, server: 'leader', signal } as const;
    return jsonReply(await rpc.call(authMethodSet, args, options));
  };
  const writeRule = async (request: RequestContext, id: string) => {
    const body = bodyOf(request, bindingRuleBody, 'Binding Rule');
    if (id === '' && body.ID !== '') {
      throw invalid('Bad request: Cannot specify the ID when creating a new binding rule');
    }
    const args = { ...body, ID: id === '' ? '' : sameId(id, body.ID, 'Binding Rule ID') };
    return jsonReply(await rpc.write(bindingRuleSet, args, request.writeOptions));
  };
  return {
    methodList: async ({ readOptions }) =>
      readReply(await rpc.read(authMethodList, {}, readOptions)),
    methodCreate: (request) => writeMethod(request, ''),
    methodGet: async (request) => {
      const name = requireId(request, 'name', 'auth method name');
      return foundOr404(await rpc.read(authMethodRead, { name }, request.readOptions));
    },
    methodUpdate: (request) => writeMethod(request, requireId(request, 'name', 'auth method name')),
    methodDelete: async (request) => {
      const name = requireId(request, 'name', 'auth method name');
      return jsonReply(await rpc.write(authMethodDelete, { name }, request.writeOptions));
    },
    ruleList: async ({ query, readOptions }) => {
      const authMethod = query.get('authmethod') ?? '';
      return readReply(await rpc.read(bindingRuleList, { authMethod }, readOptions));
    },
    ruleCreate: (request) => writeRule(request, ''),
    ruleGet: async (request) => {
      const id = requireId(request, 'id', 'binding rule ID');
      return foundOr404(await rpc.read(bindingRuleRead, { id }, request.readOptions));
    },
    ruleUpdate: (request) => writeRule(request, requireId(request, 'id', 'binding rule ID')),
    ruleDelete: async (request) => {
      const id = requireId(request, 'id', 'binding rule ID');
      return jsonReply(await rpc.write(bindingRuleDelete, { id }, request.writeOptions));
    },
  } satisfies Record<string, Handler>;
}
