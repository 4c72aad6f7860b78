/** Bytes through two sidecars: whole, in order, as many as one likes; slow, broken and many connections. */
import { createHash, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { faultSetting, MeshPair, reportFaults, until } from '@mesh/testkit';

const MIB = 1024 * 1024;
/** At full length 1024 (tools/faults mesh-transfer). */
const TRANSFER_MIB = faultSetting('TRANSFER_MIB', 256);
const CONNECTIONS = 1000;

/** What socat does with the next connections. */
type Service = (socket: Socket) => void;

const echo: Service = (socket) => void socket.pipe(socket);

describe('bytes through the mesh', () => {
  let pair: MeshPair;
  let serve: Service = echo;
  beforeAll(async () => {
    pair = await MeshPair.start({ serve: (socket) => serve(socket) });
  }, 60_000);
  beforeEach(() => {
    serve = echo;
  });
  afterAll(() => pair?.stop());

  const idle = () =>
    until('no connection to be left', async () => {
      const series = 'connections_active{listener="public listener"}';
      return (await pair.socat.metric(series)) === 0;
    });

  it('arrive as they were sent, both ways at once', async () => {
    const block = randomBytes(MIB);
    const sent = createHash('sha256');
    const back = createHash('sha256');
    let received = 0;
    const startedMs = performance.now();
    await new Promise<void>((resolve, reject) => {
      const socket = pair.dial();
      socket.on('error', reject);
      socket.on('data', (chunk: Buffer) => {
        back.update(chunk);
        received += chunk.length;
      });
      socket.on('end', resolve);
      const send = async () => {
        for (let at = 0; at < TRANSFER_MIB; at++) {
          // Each block is another one.
          const part = Buffer.from(block);
          part.writeUInt32LE(at);
          sent.update(part);
          if (!socket.write(part)) await new Promise((go) => socket.once('drain', go));
        }
        socket.end();
      };
      send().catch(reject);
    });
    const seconds = (performance.now() - startedMs) / 1000;
    expect(received).toBe(TRANSFER_MIB * MIB);
    expect(back.digest('hex')).toBe(sent.digest('hex'));
    const rate = Math.round(TRANSFER_MIB / seconds);
    reportFaults(`${TRANSFER_MIB} MiB each way through two proxies: exact, ${rate} MiB/s each way`);
    await idle();
  }, 300_000);

  it('a slow reader stops the sender; the proxies hold no more of it', async () => {
    const block = Buffer.alloc(MIB, 'x');
    let sent = 0;
    serve = (socket) => {
      const more = () => {
        while (socket.writable && sent < 4096 * MIB && socket.write(block)) sent += MIB;
      };
      socket.on('drain', more);
      more();
    };
    const before = [pair.web, pair.socat].map((one) => one.residentBytes());
    const socket = pair.dial();
    socket.pause();
    let last = -1;
    await until('the sender to stop', async () => {
      const isStill = sent > 0 && sent === last;
      last = sent;
      await new Promise((resolve) => setTimeout(resolve, 300));
      return isStill;
    });
    // Kernels hold some megabytes for each of three connections; proxies next to nothing.
    expect(sent).toBeLessThan(64 * MIB);
    // A sip now and then: what was read is what is sent on.
    let read = 0;
    socket.on('data', (chunk) => {
      read += chunk.length;
    });
    for (let sips = 0; sips < 20; sips++) {
      const upTo = read + 4 * MIB;
      socket.resume();
      await until('a sip', () => read >= upTo);
      socket.pause();
    }
    const after = [pair.web, pair.socat].map((one) => one.residentBytes());
    const grown = after.map((bytes, at) => (bytes - before[at]!) / MIB);
    const by = grown.map((mib) => mib.toFixed(1)).join(' and ');
    reportFaults(`a reader that sips: ${Math.round(read / MIB)} MiB, proxies grew by ${by} MiB`);
    for (const mib of grown) expect(mib).toBeLessThan(24);
    socket.resetAndDestroy();
    await idle();
  }, 60_000);

  it('an end goes one way, and the answer the other', async () => {
    serve = (socket) => {
      let count = 0;
      socket.on('data', (chunk) => {
        count += chunk.length;
      });
      socket.on('end', () => socket.end(`heard ${count}`));
    };
    const { back, error } = await pair.converse(Buffer.alloc(3 * MIB));
    expect([back.toString(), error]).toEqual([`heard ${3 * MIB}`, '']);
    await idle();
  });

  it('who breaks off breaks off the other end', async () => {
    const ends: string[] = [];
    serve = (socket) => {
      socket.on('error', (error) => ends.push((error as NodeJS.ErrnoException).code ?? ''));
      socket.on('data', (chunk) => {
        if (String(chunk) === 'go away') socket.resetAndDestroy();
        else socket.write(chunk);
      });
    };
    expect((await pair.converse('go away')).error).toBe('ECONNRESET');
    const socket = pair.dial();
    socket.write('hello');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.resetAndDestroy();
    await until('the service to hear of it', () => ends.includes('ECONNRESET'));
    await idle();
  });

  it(`${CONNECTIONS} connections at a time`, async () => {
    const sockets = Array.from({ length: CONNECTIONS }, () => pair.dial());
    const answers = await Promise.all(
      sockets.map(
        (socket, at) =>
          new Promise<string>((resolve) => {
            let text = '';
            socket.on('data', (chunk) => {
              text += chunk;
              if (text.endsWith('.')) resolve(text);
            });
            socket.on('close', () => resolve(`closed after "${text}"`));
            socket.write(`number ${at}.`);
          }),
      ),
    );
    expect(answers).toEqual(answers.map((_, at) => `number ${at}.`));
    const series = 'connections_active{listener="public listener"}';
    expect(await pair.socat.metric(series)).toBe(CONNECTIONS);
    for (const socket of sockets) socket.end();
    await idle();
  }, 60_000);
});
