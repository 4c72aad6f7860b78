/** Our gossip and Debian's `serf` in one pool: each takes the other for its own kind. */
import { base64Encode, utf8Bytes } from '@mesh/base';
import { formatAddress, KeyQueryDigest, keyQuery } from '@mesh/gossip';
import { Keyring } from '@mesh/gossip-transport';
import { GossipPeer, requireTool, SerfProcess, until } from '@mesh/testkit';

const KEY = base64Encode(new Uint8Array(32).map((_, at) => at));
const NEXT_KEY = base64Encode(new Uint8Array(32).map((_, at) => 5 * at));

/** How the pool speaks. */
interface Speech {
  readonly encrypted: boolean;
  readonly compression: boolean;
  readonly host?: string;
}

const theirs: SerfProcess[] = [];
const ours: GossipPeer[] = [];

async function startSerf({ encrypted, ...speech }: Speech, name = 'debian') {
  const serf = await SerfProcess.start({
    ...{ name, ...speech, tags: { role: 'theirs', zone: 'a b' } },
    answers: { greet: 'printf "hello %s" "$(cat)"' },
    ...(encrypted && { keys: [KEY] }),
  });
  theirs.push(serf);
  return serf;
}

async function startPeer({ encrypted, ...speech }: Speech, name = 'mesh', key = KEY) {
  const peer = await GossipPeer.start({
    ...{ name, ...speech, tags: { role: 'ours', zone: 'ü' } },
    answers: { greet: (payload) => `hi ${payload}` },
    ...(encrypted && { keyring: Keyring.of([key]) }),
  });
  ours.push(peer);
  return peer;
}

/** Both see both as alive. */
async function untilTogether(serf: SerfProcess, peer: GossipPeer): Promise<void> {
  await until('each to see the other', async () => {
    const name = peer.core.local().name;
    return (await serf.statusOf(name)) === 'alive' && peer.statusOf(serf.name) === 'alive';
  });
}

afterEach(async () => {
  await Promise.all(ours.splice(0).map((peer) => peer.stop()));
  await Promise.all(theirs.splice(0).map((serf) => serf.stop()));
});

describe.each<[string, Speech]>([
  ['plain', { encrypted: false, compression: false }],
  ['encrypted', { encrypted: true, compression: false }],
  ['compressed', { encrypted: false, compression: true }],
  ['encrypted and compressed', { encrypted: true, compression: true }],
  ['IPv6', { encrypted: true, compression: true, host: '::1' }],
])('%s', (_name, speech) => {
  test.each(['ours joins', 'theirs joins'])('members, tags, events, queries: %s', async (who) => {
    if (!requireTool('serf')) return;
    const [serf, peer] = await Promise.all([startSerf(speech), startPeer(speech)]);
    if (who === 'ours joins') await peer.join(serf.port);
    else await serf.command('join', formatAddress(peer.address));
    await untilTogether(serf, peer);

    expect(peer.core.member('debian')).toMatchObject({
      ...{ host: peer.address.host, port: serf.port, tags: { role: 'theirs', zone: 'a b' } },
      versions: [1, 5, 2, 2, 5, 5],
    });
    const row = (await serf.members()).find(({ name }) => name === 'mesh');
    expect(row).toMatchObject({
      ...{ addr: formatAddress(peer.address), tags: { role: 'ours', zone: 'ü' } },
    });

    peer.setTags({ role: 'changed' });
    await serf.command('tags', '-set=zone=c', '-delete=role');
    await until('the tags', async () => {
      const changed = (await serf.members()).find(({ name }) => name === 'mesh');
      return (
        changed?.tags['role'] === 'changed' && peer.core.member('debian')?.tags['zone'] === 'c'
      );
    });
    expect(peer.core.member('debian')?.tags).toEqual({ zone: 'c' });

    const text = 'x'.repeat(300);
    peer.fire('ours', text);
    await serf.command('event', '-coalesce=false', 'theirs', text);
    const wanted = [`ours ${text}`, `theirs ${text}`];
    await until('the events', () => serf.events().length === 2 && peer.userEvents().length === 2);
    expect(serf.events().sort()).toEqual(wanted);
    expect(peer.userEvents().sort()).toEqual(wanted);

    const query = { name: 'greet', payload: utf8Bytes('all'), ack: true, timeoutMs: 2000 };
    const [all, some, asked] = await Promise.all([
      peer.query(query),
      peer.query({ ...query, tags: { zone: '^[a-c]$' } }),
      serf.query('greet', 'you'),
    ]);
    expect(all).toEqual({
      acks: ['debian', 'mesh'],
      responses: { debian: 'hello all', mesh: 'hi all' },
    });
    expect(some).toEqual({ acks: ['debian'], responses: { debian: 'hello all' } });
    expect(asked).toMatchObject({
      Acks: expect.arrayContaining(['debian', 'mesh']),
      Responses: { debian: 'hello you', mesh: 'hi you' },
    });
  });

  test('a killed one has failed, one that left has left, on either side', async () => {
    if (!requireTool('serf')) return;
    const [serf, peer, second, third] = await Promise.all([
      startSerf(speech),
      startPeer(speech),
      startSerf(speech, 'debian-2'),
      startPeer(speech, 'mesh-2'),
    ]);
    const members = [second, serf];
    for (const member of members) await peer.join(member.port);
    await third.join(serf.port);
    await until('all to see all', async () => {
      const alive = async (one: SerfProcess) =>
        (await one.members()).filter(({ status }) => status === 'alive').length === 4;
      const seen = [peer, third].every(({ core }) => core.members().length === 4);
      return seen && (await alive(serf)) && (await alive(second));
    });

    await second.leave();
    await until('them left', async () => {
      const status = await serf.statusOf('debian-2');
      return status === 'left' && peer.statusOf('debian-2') === 'left';
    });
    await third.leave();
    await until('ours left', async () => {
      const status = await serf.statusOf('mesh-2');
      return status === 'left' && peer.statusOf('mesh-2') === 'left';
    });
    expect([peer.statusOf('debian'), await serf.statusOf('mesh')]).toEqual(['alive', 'alive']);

    // Ours is silent from here on; serf has to find out for itself.
    const witness = await startPeer(speech, 'witness');
    await witness.join(serf.port);
    await peer.stop();
    await until(
      'ours failed',
      async () => {
        const status = await serf.statusOf('mesh');
        return status === 'failed' && witness.statusOf('mesh') === 'failed';
      },
      40_000,
    );
    await serf.kill();
    await until('theirs failed', () => witness.statusOf('debian') === 'failed', 40_000);
    const failures = witness.events.flatMap((event) =>
      event.kind === 'member-failed' ? event.members.map(({ name }) => name) : [],
    );
    expect(failures).toEqual(['mesh', 'debian']);
  });
});

describe('keys', () => {
  const speech = { encrypted: true, compression: true };

  /** Runs a key operation on all, asked by ours. */
  async function rotate(peer: GossipPeer, operation: 'install' | 'use' | 'remove', key: string) {
    const digest = new KeyQueryDigest(2);
    const bytes = new Uint8Array(Buffer.from(key, 'base64'));
    const { responses } = await peer.query({ ...keyQuery(operation, bytes, 0), timeoutMs: 1500 });
    for (const [from, payload] of Object.entries(responses)) {
      digest.add(from, new Uint8Array(Buffer.from(payload, 'latin1')));
    }
    return digest.result();
  }

  test('rotation by serf, and by ours, while both run', async () => {
    if (!requireTool('serf')) return;
    const [serf, peer] = await Promise.all([startSerf(speech), startPeer(speech)]);
    await peer.join(serf.port);
    await untilTogether(serf, peer);
    const keyring = () => peer.keys();

    for (const operation of ['install', 'use'])
      await serf.command('keys', `-${operation}=${NEXT_KEY}`);
    await serf.command('keys', `-remove=${KEY}`);
    expect(keyring()).toEqual([NEXT_KEY]);
    expect(serf.keys()).toEqual([NEXT_KEY]);
    expect(await serf.command('keys', '-list')).toContain(`${NEXT_KEY}  [2/2]`);

    expect(await rotate(peer, 'install', KEY)).toMatchObject({ error: undefined, answers: 2 });
    expect(await rotate(peer, 'use', KEY)).toMatchObject({ error: undefined, failures: 0 });
    const primary = await rotate(peer, 'remove', KEY);
    expect(primary).toMatchObject({ failures: 2 });
    expect(primary.error).toBeDefined();
    expect(await rotate(peer, 'remove', NEXT_KEY)).toMatchObject({ error: undefined });
    expect(keyring()).toEqual([KEY]);
    expect(serf.keys()).toEqual([KEY]);

    peer.fire('after', 'rotation');
    await until('the event', () => serf.events().includes('after rotation'));
    await untilTogether(serf, peer);
  });

  test('another key, or none, is kept out, and told why', async () => {
    if (!requireTool('serf')) return;
    const serf = await startSerf(speech);
    const stranger = await startPeer(speech, 'stranger', NEXT_KEY);
    const plain = await startPeer({ ...speech, encrypted: false }, 'plain');
    await expect(stranger.join(serf.port)).rejects.toThrow('No installed keys could decrypt');
    await expect(plain.join(serf.port)).rejects.toThrow('encryption is not configured');
    for (const { address } of [stranger, plain]) {
      const join = serf.command('join', `127.0.0.1:${address.port}`);
      await expect(join).rejects.toThrow('Error joining');
    }
    expect(await serf.members()).toHaveLength(1);
    expect([stranger, plain].map(({ core }) => core.members().length)).toEqual([1, 1]);
  });
});
