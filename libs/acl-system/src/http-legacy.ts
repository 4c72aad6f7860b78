import { invalid } from '@mesh/base';
import { emptyReply, type Handler, jsonReply, readReply, textReply } from '@mesh/resource';
import { legacyBody } from './decode.ts';
import { type AclHttpDeps, bodyOf, requireId, translated } from './http-request.ts';
import {
  legacyClone,
  legacyDestroy,
  legacyInfo,
  legacyList,
  legacyRules,
  legacySet,
} from './legacy.ts';

/** Handlers of the API of before 1.4. */
export function legacyHandlers({ rpc }: Pick<AclHttpDeps, 'rpc'>) {
  return {
    legacyCreate: async (request) => {
      const body = request.body.length === 0 ? NOTHING : bodyOf(request, legacyBody, 'Request');
      const { secretId } = await rpc.write(legacySet, body, request.writeOptions);
      return jsonReply({ ID: secretId });
    },
    legacyUpdate: async (request) => {
      const body = bodyOf(request, legacyBody, 'Request');
      if (body.ID === '') throw invalid('Bad request: ACL ID must be set');
      const { secretId } = await rpc.write(legacySet, body, request.writeOptions);
      return jsonReply({ ID: secretId });
    },
    legacyDestroy: async (request) => {
      const id = requireId(request, 'id', 'ACL');
      return jsonReply(await rpc.write(legacyDestroy, { id }, request.writeOptions));
    },
    legacyClone: async (request) => {
      const id = requireId(request, 'id', 'ACL');
      const { secretId } = await rpc.write(legacyClone, { id }, request.writeOptions);
      return jsonReply({ ID: secretId });
    },
    legacyInfo: async (request) => {
      const id = requireId(request, 'id', 'ACL');
      return readReply(await rpc.read(legacyInfo, { id }, request.readOptions));
    },
    legacyList: async ({ readOptions }) => readReply(await rpc.read(legacyList, {}, readOptions)),
    translateTokenRules: async (request) => {
      const accessor = requireId(request, 'accessor', 'token ID');
      const reply = await rpc.read(legacyRules, { accessor }, request.readOptions);
      return reply.value === null
        ? emptyReply(404, reply)
        : textReply(200, translated(reply.value));
    },
  } satisfies Record<string, Handler>;
}

const NOTHING = { ID: '', Name: '', Type: '', Rules: '' };
