import type { PreparedQuery } from '@mesh/api-contract';
import { MeshError } from '@mesh/base';
import { catalogHttpRoutes, catalogResource } from '@mesh/catalog';
import { coordinateResource } from '@mesh/coordinate';
import { healthResource } from '@mesh/health';
import type { Reply } from '@mesh/resource';
import { sessionCreate, sessionHttpRoutes, sessionResource } from '@mesh/session';
import { callRoute, DirectRpc } from '@mesh/testkit';
import * as fc from 'fast-check';
import { deleteQueriesOfSession } from './commands.ts';
import { queryHttpRoutes } from './http.ts';
import { preparedQueryResource } from './resource.ts';
import { fillTemplate } from './template.ts';

const noHooks = { onNodeDeleted() {}, onCheckDeleted() {}, onCheckCritical() {} };

describe('prepared queries', () => {
  let call: (method: string, path: string, body?: unknown) => Promise<Reply>;

  beforeEach(async () => {
    const create = sessionCreate(10_000);
    const rpc = new DirectRpc([
      catalogResource(noHooks),
      healthResource(),
      coordinateResource({ nodeExists: () => true }),
      sessionResource({ onSessionDestroyed: deleteQueriesOfSession }, create),
      preparedQueryResource(),
    ]);
    const routes = [
      ...catalogHttpRoutes({ rpc, nodeName: 'n1' }),
      ...sessionHttpRoutes({ rpc, nodeName: 'n1', create }),
      ...queryHttpRoutes({ rpc, nodeName: 'n1' }),
    ];
    call = (method, path, body) => callRoute(routes, method, path, body);
    await register('n1', 'a', ['v1'], 'passing');
    await register('n2', 'b', ['v1', 'old'], 'passing');
    await register('n3', 'c', ['v2'], 'warning');
    await register('n4', 'd', ['v1'], 'critical');
  });

  const register = (node: string, id: string, tags: string[], status: string) =>
    call('PUT', '/v1/catalog/register', {
      Node: node,
      Address: '10.0.0.1',
      Service: { ID: id, Service: 'web', Tags: tags, Meta: { id } },
      Check: { CheckID: `${id}-up`, Name: 'up', Status: status, ServiceID: id },
    });

  const replyValue = <T>(reply: Reply) => (reply as unknown as { value: T }).value;

  async function create(query: object): Promise<string> {
    return replyValue<{ ID: string }>(await call('POST', '/v1/query', query)).ID;
  }

  async function found(name: string, parameters = ''): Promise<string[]> {
    const reply = await call('GET', `/v1/query/${name}/execute${parameters}`);
    expect(reply.status).toBe(200);
    const { Nodes } = replyValue<{ Nodes: { Service: { ID: string } }[] }>(reply);
    return Nodes.map(({ Service }) => Service.ID);
  }

  it.each<[string, object, string[]]>([
    ['what is not critical', {}, ['a', 'b', 'c']],
    ['only what passes', { OnlyPassing: true }, ['a', 'b']],
    ['required tags', { Tags: ['v1'] }, ['a', 'b']],
    ['forbidden tags, any case', { Tags: ['v1', '!OLD'] }, ['a']],
    ['service metadata', { ServiceMeta: { id: 'c' } }, ['c']],
    ['ignored checks', { IgnoreCheckIDs: ['d-up'] }, ['a', 'b', 'c', 'd']],
    ['mesh instances, of which there are none', { Connect: true }, []],
  ])('finds %s', async (_, service, expected) => {
    await create({ Name: 'q', Service: { Service: 'web', ...service } });
    expect(await found('q')).toEqual(expected);
    expect(await found('Q')).toEqual(expected);
  });

  it('limits, and refuses a limit that is none', async () => {
    await create({ Name: 'q', Service: { Service: 'web' } });
    expect(await found('q', '?limit=2')).toEqual(['a', 'b']);
    await expect(call('GET', '/v1/query/q/execute?limit=-1')).rejects.toThrow('Bad limit');
  });

  it('the longest fitting template wins, an exact name before it', async () => {
    const template = { Type: 'name_prefix_match' };
    await create({ Name: '', Template: template, Service: { Service: '${name.full}' } });
    await create({ Name: 'geo-', Template: template, Service: { Service: '${name.suffix}' } });
    await create({ Name: 'geo-exact', Service: { Service: 'other' } });
    expect(await found('web')).toEqual(['a', 'b', 'c']);
    expect(await found('geo-web')).toEqual(['a', 'b', 'c']);
    expect(await found('geo-exact')).toEqual([]);
    expect(await found('unknown')).toEqual([]);
  });

  it('a name has one query; a query keeps its own', async () => {
    const id = await create({ Name: 'q', Service: { Service: 'web' } });
    const other = { Name: 'q', Service: { Service: 'db' } };
    await expect(call('POST', '/v1/query', other)).rejects.toThrow("name 'q' aliases");
    expect((await call('PUT', `/v1/query/${id}`, other)).status).toBe(200);
    expect(await found('q')).toEqual([]);
    await call('DELETE', `/v1/query/${id}`);
    expect((await call('GET', '/v1/query/q/execute')).status).toBe(404);
  });

  it('ends with its session', async () => {
    const session = replyValue<{ ID: string }>(
      await call('PUT', '/v1/session/create', { NodeChecks: [] }),
    ).ID;
    const id = await create({ Session: session, Service: { Service: 'web' } });
    expect((await call('GET', `/v1/query/${id}`)).status).toBe(200);
    await call('PUT', `/v1/session/destroy/${session}`);
    expect((await call('GET', `/v1/query/${id}`)).status).toBe(404);
  });

  it.each<[object, string]>([
    [{ Name: 'x' }, 'Service'],
    [{ Service: { Service: 'web' } }, 'session'],
    [{ Name: 'x', Service: { Service: 'web' }, DNS: { TTL: 'soon' } }, 'soon'],
    [{ Name: 'x', Service: { Service: 'web', Failover: { NearestN: -1 } } }, 'NearestN'],
    [{ Name: 'x', Template: { Type: 'nope' }, Service: { Service: 'w' } }, 'nope'],
    [
      {
        Name: 'x',
        Template: { Type: 'name_prefix_match', Regexp: '(' },
        Service: { Service: 'w' },
      },
      'Bad Regexp',
    ],
    [
      { Name: 'x', Template: { Type: 'name_prefix_match' }, Service: { Service: '${nope}' } },
      'nope',
    ],
  ])('refuses %j', async (query, named) => {
    await expect(call('POST', '/v1/query', query)).rejects.toThrow(named);
  });
});

describe('templates', () => {
  const query = (Regexp: string, Service: string): PreparedQuery => ({
    ID: '',
    Name: 'p-',
    Session: '',
    Token: '',
    Template: { Type: 'name_prefix_match', Regexp, RemoveEmptyTags: true },
    Service: {
      Service,
      Failover: { NearestN: 0, Datacenters: null },
      OnlyPassing: false,
      IgnoreCheckIDs: null,
      Near: '',
      Tags: ['${match(2)}', 'kept'],
      NodeMeta: null,
      ServiceMeta: null,
      Connect: false,
    },
    DNS: { TTL: '' },
    CreateIndex: 1,
    ModifyIndex: 1,
  });
  const agent = { segment: '' };

  it('fills in groups, and drops tags that come out empty', () => {
    const filled = fillTemplate(query('^p-(.*?)-([^-]*)$', '${match(1)}'), 'p-web-', agent);
    expect(filled?.Service).toMatchObject({ Service: 'web', Tags: ['kept'] });
    const tagged = fillTemplate(query('^p-(.*?)-([^-]*)$', '${match(1)}'), 'p-web-x', agent);
    expect(tagged?.Service.Tags).toEqual(['x', 'kept']);
    expect(fillTemplate(query('^other', 'x'), 'p-web', agent)).toBeUndefined();
  });

  it('any name and text end in a query, nothing, or a MeshError', () => {
    const text = fc.oneof(
      fc.string(),
      fc.constantFrom('${match(1)}', '${name.full}', '${x}', '$('),
    );
    fc.assert(
      fc.property(text, fc.string(), (service, name) => {
        try {
          fillTemplate(query('', service), name, agent);
        } catch (error) {
          expect(error).toBeInstanceOf(MeshError);
        }
      }),
    );
  });

  it('an expression made to backtrack does not hold up a name that does not fit', () => {
    const filled = fillTemplate(query('^(a+)+$', 'x'), `${'a'.repeat(250)}b`, agent);
    expect(filled).toBeUndefined();
  });
});
