import { invalid } from '@mesh/base';
import { type Handler, jsonReply, type RequestContext, readReply } from '@mesh/resource';
import { loginBody, tokenBody } from './decode.ts';
import {
  type AclHttpDeps,
  bodyOf,
  foundOr403,
  readBack,
  requireId,
  sameId,
} from './http-request.ts';
import { login } from './login.ts';
import {
  tokenClone,
  tokenDelete,
  tokenList,
  tokenLogout,
  tokenRead,
  tokenSelf,
  tokenSet,
} from './tokens.ts';

/** Handlers of tokens, login and logout. */
export function tokenHandlers({ rpc }: Pick<AclHttpDeps, 'rpc'>) {
  const shown = async (request: RequestContext, accessor: string) =>
    jsonReply((await readBack(rpc, request, tokenRead, { accessor })).value);
  const isLocalToken = async (request: RequestContext, accessor: string) =>
    (await readBack(rpc, request, tokenRead, { accessor })).value?.Local ?? false;
  const write = async (request: RequestContext, accessor: string) => {
    const body = bodyOf(request, tokenBody, 'Token');
    if (body.Rules !== '' || (body.Type !== '' && accessor === '')) {
      throw invalid('Bad request: Rules and Type are of tokens of before 1.4: use Policies');
    }
    const args =
      accessor === ''
        ? { ...body, isNew: true }
        : {
            ...body,
            AccessorID: sameId(accessor, body.AccessorID, 'Token Accessor ID'),
            isNew: false,
          };
    const stored = await rpc.write(tokenSet, args, request.writeOptions);
    return shown(request, stored.accessorId);
  };
  return {
    tokenList: async ({ query, readOptions }) => {
      const filter = {
        policy: query.get('policy') ?? '',
        role: query.get('role') ?? '',
        authMethod: query.get('authmethod') ?? '',
      };
      return readReply(await rpc.read(tokenList, filter, readOptions));
    },
    tokenCreate: (request) => write(request, ''),
    tokenSelf: async ({ token, readOptions }) => {
      const reply = await rpc.read(tokenSelf, { secret: token }, readOptions);
      return foundOr403(reply);
    },
    tokenClone: async (request) => {
      const accessor = requireId(request, 'accessor', 'token ID');
      const { Description } =
        request.body.length === 0 ? { Description: '' } : bodyOf(request, tokenBody, 'Token');
      const isLocal = await isLocalToken(request, accessor);
      const args = { accessor, isLocal, description: Description };
      const stored = await rpc.write(tokenClone, args, request.writeOptions);
      return shown(request, stored.accessorId);
    },
    tokenGet: async (request) => {
      const accessor = requireId(request, 'accessor', 'token ID');
      const reply = await rpc.read(tokenRead, { accessor }, request.readOptions);
      return foundOr403(reply);
    },
    tokenUpdate: (request) => write(request, requireId(request, 'accessor', 'token ID')),
    tokenDelete: async (request) => {
      const accessor = requireId(request, 'accessor', 'token ID');
      const isLocal = await isLocalToken(request, accessor);
      const args = { accessor, isLocal, asker: request.token };
      return jsonReply(await rpc.write(tokenDelete, args, request.writeOptions));
    },
    login: async (request) => {
      const body = bodyOf(request, loginBody, 'Login');
      const { datacenter, signal } = request.writeOptions;
      const options = { datacenter, token: '', server: 'leader', signal } as const;
      return jsonReply(await rpc.call(login, body, options));
    },
    logout: async ({ token, writeOptions }) => {
      return jsonReply(await rpc.write(tokenLogout, { secret: token }, writeOptions));
    },
  } satisfies Record<string, Handler>;
}
