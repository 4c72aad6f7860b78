import { healthRoutes } from '@mesh/api-contract';
import { invalid } from '@mesh/base';
import { nodeMetaOf, replySorted, requireParam } from '@mesh/catalog';
import {
  type BoundRoute,
  implement,
  type Reply,
  type RequestContext,
  type Rpc,
  readReply,
} from '@mesh/resource';
import {
  healthChecksInState,
  healthNodeChecks,
  healthServiceChecks,
  healthServiceNodes,
} from './endpoint.ts';

/** What the handlers need. */
export interface HealthHttpDeps {
  readonly rpc: Rpc;
  /** Name of this agent's node, for ?near=_agent. */
  readonly nodeName: string;
}

/** Handlers of the health routes. */
export function healthHttpRoutes(deps: HealthHttpDeps): readonly BoundRoute[] {
  const { rpc, nodeName } = deps;
  return implement(healthRoutes, {
    node: async (request) => {
      const args = { node: requireParam(request, 'node', 'node name'), filter: request.filter };
      return readReply(await rpc.read(healthNodeChecks, args, request.readOptions));
    },
    checks: async (request) => {
      const args = {
        service: requireParam(request, 'service', 'service name'),
        nodeMeta: nodeMetaOf(request),
        filter: request.filter,
      };
      const reply = await rpc.read(healthServiceChecks, args, request.readOptions);
      return replySorted(rpc, request, reply, (check) => check.Node, nodeName);
    },
    state: async (request) => {
      const args = {
        state: requireParam(request, 'state', 'check state'),
        nodeMeta: nodeMetaOf(request),
        filter: request.filter,
      };
      const reply = await rpc.read(healthChecksInState, args, request.readOptions);
      return replySorted(rpc, request, reply, (check) => check.Node, nodeName);
    },
    service: (request) => instances(deps, request, { connect: false, ingress: false }),
    connect: (request) => instances(deps, request, { connect: true, ingress: false }),
    ingress: (request) => instances(deps, request, { connect: false, ingress: true }),
  });
}

async function instances(
  { rpc, nodeName }: HealthHttpDeps,
  request: RequestContext,
  kind: { readonly connect: boolean; readonly ingress: boolean },
): Promise<Reply> {
  const args = {
    ...kind,
    service: requireParam(request, 'service', 'service name'),
    tags: request.query.all('tag'),
    nodeMeta: nodeMetaOf(request),
    passingOnly: passingOnly(request.query.get('passing')),
    filter: request.filter,
  };
  const reply = await rpc.read(healthServiceNodes, args, request.readOptions);
  return replySorted(rpc, request, reply, (row) => row.Node.Node, nodeName);
}

const TRUE = ['', '1', 't', 'T', 'true', 'TRUE', 'True'];
const FALSE = ['0', 'f', 'F', 'false', 'FALSE', 'False'];

/** ?passing alone or with a truth value as Go spells them. */
function passingOnly(value: string | undefined): boolean {
  if (value === undefined || FALSE.includes(value)) return false;
  if (TRUE.includes(value)) return true;
  throw invalid(`Invalid value for ?passing: "${value}", accepted are true and false`);
}
