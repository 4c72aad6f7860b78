import { aclRoutes } from '@mesh/api-contract';
import { invalid, MeshError, utf8Text } from '@mesh/base';
import {
  type BoundRoute,
  type Handler,
  implement,
  jsonReply,
  type RequestContext,
  readReply,
  textReply,
} from '@mesh/resource';
import { policyBody, questionsBody, roleBody } from './decode.ts';
import { authMethodHandlers } from './http-auth-methods.ts';
import { bootstrapOf } from './http-bootstrap.ts';
import { legacyHandlers } from './http-legacy.ts';
import {
  type AclHttpDeps,
  bodyOf,
  foundOr403,
  foundOr404,
  readBack,
  requireId,
  sameId,
  translated,
} from './http-request.ts';
import { tokenHandlers } from './http-tokens.ts';
import { policyDelete, policyList, policyRead, policySet } from './policies.ts';
import { answerQuestions } from './questions.ts';
import { roleDelete, roleList, roleRead, roleSet } from './roles.ts';
import { shownPolicy } from './show.ts';

/** Handlers of /v1/acl. */
export function aclHttpRoutes(deps: AclHttpDeps): readonly BoundRoute[] {
  const handlers = {
    ...tokenHandlers(deps),
    ...policyHandlers(deps),
    ...roleHandlers(deps),
    ...authMethodHandlers(deps),
    ...legacyHandlers(deps),
    ...otherHandlers(deps),
  };
  const routes = implement(aclRoutes, handlers);
  return deps.isEnabled ? routes : routes.map((route) => ({ ...route, handler: disabled }));
}

/** 401, as the original has it. */
const disabled: Handler = () => textReply(401, 'ACL support disabled');

function policyHandlers({ rpc }: AclHttpDeps) {
  const read = async (request: RequestContext, args: { id: string; name: string }) =>
    foundOr403(await rpc.read(policyRead, args, request.readOptions));
  return {
    policyList: async ({ readOptions }) => readReply(await rpc.read(policyList, {}, readOptions)),
    policyCreate: async (request) => {
      const body = bodyOf(request, policyBody, 'Policy');
      if (body.ID !== '') {
        throw invalid('Bad request: Cannot specify the ID when creating a new policy');
      }
      return jsonReply(shownPolicy(await rpc.write(policySet, body, request.writeOptions)));
    },
    policyByName: (request) =>
      read(request, { id: '', name: requireId(request, 'name', 'policy Name') }),
    policyGet: (request) => read(request, { id: requireId(request, 'id', 'policy ID'), name: '' }),
    policyUpdate: async (request) => {
      const id = requireId(request, 'id', 'policy ID');
      const body = bodyOf(request, policyBody, 'Policy');
      const args = { ...body, ID: sameId(id, body.ID, 'Policy ID') };
      return jsonReply(shownPolicy(await rpc.write(policySet, args, request.writeOptions)));
    },
    policyDelete: async (request) => {
      const id = requireId(request, 'id', 'policy ID');
      return jsonReply(await rpc.write(policyDelete, { id }, request.writeOptions));
    },
  } satisfies Record<string, Handler>;
}

function roleHandlers({ rpc }: AclHttpDeps) {
  const read = async (request: RequestContext, args: { id: string; name: string }) =>
    foundOr404(await rpc.read(roleRead, args, request.readOptions));
  const write = async (request: RequestContext, id: string) => {
    const body = bodyOf(request, roleBody, 'Role');
    if (id === '' && body.ID !== '') {
      throw invalid('Bad request: Cannot specify the ID when creating a new role');
    }
    const args = { ...body, ID: id === '' ? '' : sameId(id, body.ID, 'Role ID') };
    const { id: stored } = await rpc.write(roleSet, args, request.writeOptions);
    return jsonReply((await readBack(rpc, request, roleRead, { id: stored, name: '' })).value);
  };
  return {
    roleList: async ({ query, readOptions }) =>
      readReply(await rpc.read(roleList, { policy: query.get('policy') ?? '' }, readOptions)),
    roleCreate: (request) => write(request, ''),
    roleByName: (request) =>
      read(request, { id: '', name: requireId(request, 'name', 'role Name') }),
    roleGet: (request) => read(request, { id: requireId(request, 'id', 'role ID'), name: '' }),
    roleUpdate: (request) => write(request, requireId(request, 'id', 'role ID')),
    roleDelete: async (request) => {
      const id = requireId(request, 'id', 'role ID');
      return jsonReply(await rpc.write(roleDelete, { id }, request.writeOptions));
    },
  } satisfies Record<string, Handler>;
}

function otherHandlers({ rpc, primaryDatacenter, authorizerOf }: AclHttpDeps) {
  return {
    bootstrap: (request) => bootstrapOf({ rpc, primaryDatacenter }, request),
    replication: () =>
      jsonReply({
        Enabled: false,
        Running: false,
        SourceDatacenter: '',
        ReplicationType: '',
        ReplicatedIndex: 0,
        ReplicatedRoleIndex: 0,
        ReplicatedTokenIndex: 0,
        LastSuccess: '0001-01-01T00:00:00Z',
        LastError: '0001-01-01T00:00:00Z',
      }),
    translateRules: async ({ token, body }) => {
      const authorizer = await authorizerOf(token);
      if (!authorizer.allows('acl', 'read', '')) {
        throw new MeshError('permission-denied', 'Permission denied');
      }
      return textReply(200, translated(utf8Text(body)));
    },
    authorize: async (request) => {
      const questions = bodyOf(request, questionsBody, 'Request');
      return jsonReply(answerQuestions(await authorizerOf(request.token), questions));
    },
  } satisfies Record<string, Handler>;
}
