import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { until } from '@mesh/testkit';
import { ending, ProxyWorld, received } from './testing/proxy-world.ts';

const MIB = 1024 * 1024;

describe('bytes through two proxies', () => {
  let world: ProxyWorld;
  afterEach(() => world.stop());

  it('64 MiB arrive as they were sent, both ways at once, and end when they are over', async () => {
    world = await ProxyWorld.start();
    const bytes = randomBytes(64 * MIB);
    const { back, error } = await world.exchange(bytes);
    expect(error).toBe('');
    expect(back.length).toBe(bytes.length);
    expect(sha(back)).toBe(sha(bytes));
    await until('the end', () => world.web.proxy.live.size + world.db.proxy.live.size === 0);
    const [listener] = world.db.proxy.status().Listeners;
    expect([listener?.BytesIn, listener?.BytesOut]).toEqual([bytes.length, bytes.length]);
  }, 60_000);

  it('an end goes one way, the answer the other', async () => {
    world = await ProxyWorld.start((socket) => {
      let count = 0;
      socket.on('data', (chunk) => {
        count += chunk.length;
      });
      // Speaks only when it has heard all.
      socket.on('end', () => socket.end(`heard ${count}`));
    });
    const { back, error } = await world.exchange(Buffer.alloc(100_000));
    expect([back.toString(), error]).toEqual(['heard 100000', '']);
  });

  it('the service may end first, and hear on', async () => {
    let heard = '';
    let isOver = false;
    world = await ProxyWorld.start((socket) => {
      socket.end('bye');
      socket.on('data', (chunk) => {
        heard += chunk;
      });
      socket.on('end', () => {
        isOver = true;
      });
    });
    const socket = world.dial();
    await received(socket, 'bye');
    socket.write('and ');
    await until('the first word', () => heard === 'and ');
    socket.end('more');
    await until('the end', () => isOver);
    expect(heard).toBe('and more');
  });

  it('a reset of the service resets the client', async () => {
    world = await ProxyWorld.start((socket) => {
      socket.once('data', () => socket.resetAndDestroy());
    });
    const socket = world.dial();
    socket.write('x');
    expect(await ending(socket)).toBe('ECONNRESET');
    await until('none left', () => world.web.proxy.live.size + world.db.proxy.live.size === 0);
  });

  it('a reset of the client resets the service', async () => {
    let how: Promise<string> | undefined;
    world = await ProxyWorld.start((socket) => {
      how = ending(socket);
      socket.write('hello');
    });
    const socket = world.dial();
    await received(socket, 'hello');
    socket.resetAndDestroy();
    expect(await how).toBe('ECONNRESET');
    await until('none left', () => world.web.proxy.live.size + world.db.proxy.live.size === 0);
  });

  it('a slow reader stops the sender, and costs no memory', async () => {
    let sent = 0;
    let isFull = false;
    const chunk = Buffer.alloc(256 * 1024);
    world = await ProxyWorld.start((socket) => {
      const more = () => {
        while (sent < 256 * MIB && socket.write(chunk)) sent += chunk.length;
        isFull = true;
      };
      socket.on('drain', more);
      more();
    });
    const socket = world.dial();
    socket.pause();
    let before = -1;
    await until('the sender to stop', async () => {
      const isStill = isFull && sent === before;
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 200));
      return isStill;
    });
    // What the kernel and two proxies hold: not what was to be sent.
    expect(sent).toBeLessThan(48 * MIB);
    let got = 0;
    socket.on('data', (data) => {
      got += data.length;
    });
    socket.resume();
    await until('it to go on', () => got > 64 * MIB, 30_000);
  }, 60_000);

  it('1,000 connections at a time', async () => {
    world = await ProxyWorld.start();
    const sockets = Array.from({ length: 1000 }, () => world.dial());
    const answers = sockets.map(async (socket, at) => {
      socket.write(`number ${at}.`);
      return received(socket, '.');
    });
    const texts = await Promise.all(answers);
    for (const [at, text] of texts.entries()) expect(text).toBe(`number ${at}.`);
    expect(world.db.proxy.live.size).toBe(1000);
    for (const socket of sockets) socket.end();
    await until('the end of all', () => world.db.proxy.live.size === 0);
  }, 60_000);

  it('nothing passes for long: both sides are let go', async () => {
    let how: Promise<string> | undefined;
    const keep = (socket: Socket) => {
      how = ending(socket);
      socket.write('hello');
    };
    world = await ProxyWorld.start(keep, { public: { idleTimeoutMs: 200 } });
    const socket = world.dial();
    await received(socket, 'hello');
    expect(await ending(socket)).toBe('ECONNRESET');
    expect(await how).toBe('ECONNRESET');
  });
});

function sha(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
