import { type Endpoint, EndpointRing, endpointKey, endpointsOf } from './endpoints.ts';

function endpoint(port: number, host = '10.0.0.1'): Endpoint {
  return { host, port, service: 'db', datacenter: 'dc1' };
}

function ring(float = 0, ...ports: readonly number[]) {
  const time = { nowMs: 0 };
  const clock = { nowMs: () => 0, monotonicMs: () => time.nowMs };
  const random = { float: () => float, bytes: (n: number) => new Uint8Array(n), uuid: () => '' };
  const made = new EndpointRing(clock, random);
  made.set(ports.map((port) => endpoint(port)));
  const turn = (limit = 3) => made.turn(limit).map(({ port }) => port);
  return { made, turn, time };
}

describe('endpoints of an answer', () => {
  it('a proxy stands for the service behind it, at its own address or that of its node', () => {
    const Node = { Address: '10.0.0.1', Datacenter: 'dc2' };
    const proxy = { DestinationServiceName: 'db' };
    const rows = [
      { Node, Service: { Service: 'db-sidecar-proxy', Address: '', Port: 21000, Proxy: proxy } },
      { Node, Service: { Service: 'db-proxy', Address: '10.9.9.9', Port: 21001, Proxy: proxy } },
    ];
    expect(endpointsOf(rows)).toEqual([
      { host: '10.0.0.1', port: 21000, service: 'db', datacenter: 'dc2' },
      { host: '10.9.9.9', port: 21001, service: 'db', datacenter: 'dc2' },
    ]);
  });

  it('a native service stands for itself; a datacenter may be unknown', () => {
    const rows = [
      { Node: { Address: '::1' }, Service: { Service: 'db', Address: '', Port: 5, Proxy: {} } },
      { Node: { Address: '::1' }, Service: { Service: 'db', Address: '', Port: 6 } },
    ];
    expect(endpointsOf(rows)).toEqual([
      { host: '::1', port: 5, service: 'db', datacenter: '' },
      { host: '::1', port: 6, service: 'db', datacenter: '' },
    ]);
  });

  it('are told apart by host and port', () => {
    expect(endpointKey(endpoint(80))).toBe('10.0.0.1:80');
    expect(endpointKey(endpoint(80, '::1'))).toBe('[::1]:80');
  });
});

describe('the ring', () => {
  it('gives each its turn, and behind it those to try next', () => {
    const { turn } = ring(0, 1, 2, 3);
    expect([turn(), turn(), turn(), turn()]).toEqual([
      [1, 2, 3],
      [2, 3, 1],
      [3, 1, 2],
      [1, 2, 3],
    ]);
  });

  it('gives no more than there are, nor than are wanted', () => {
    expect(ring(0).turn()).toEqual([]);
    expect(ring(0, 1).turn()).toEqual([1]);
    expect(ring(0, 1, 2, 3, 4).turn(2)).toEqual([1, 2]);
  });

  it('begins where chance says', () => {
    const firsts = [0, 1, 2].map((at) => ring(at / 1024, 1, 2, 3).turn()[0]);
    expect(firsts).toEqual([1, 2, 3]);
  });

  it('who was not reached comes last for five seconds, but comes', () => {
    const { made, turn, time } = ring(0, 1, 2, 3);
    made.failed(endpoint(2));
    expect([turn(), turn(), turn()]).toEqual([
      [1, 3, 2],
      [3, 1, 2],
      [3, 1, 2],
    ]);
    time.nowMs = 4999;
    expect(turn().at(-1)).toBe(2);
    time.nowMs = 5000;
    turn();
    expect(turn()).toEqual([3, 1, 2]);
    expect(turn()).toEqual([1, 2, 3]);
    expect(turn()).toEqual([2, 3, 1]);
  });

  it('nobody is left out when all have failed', () => {
    const { made, turn } = ring(0, 1, 2);
    made.failed(endpoint(1));
    made.failed(endpoint(2));
    expect([turn(), turn()]).toEqual([
      [1, 2],
      [2, 1],
    ]);
  });

  it('who is reached again, or comes anew, is as good as the others', () => {
    const { made, turn } = ring(0, 1, 2);
    made.failed(endpoint(1));
    made.succeeded(endpoint(1));
    expect(turn()).toEqual([1, 2]);
    made.failed(endpoint(2));
    made.set([endpoint(1)]);
    made.set([endpoint(1), endpoint(2)]);
    expect(turn()).toEqual([2, 1]);
  });

  it('goes on when there are fewer than before', () => {
    const { made, turn } = ring(0, 1, 2, 3);
    turn();
    turn();
    made.set([endpoint(9)]);
    expect([turn(), turn()]).toEqual([[9], [9]]);
    expect(made.size).toBe(1);
  });
});
