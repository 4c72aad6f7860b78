import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { MeshError } from '@mesh/base';
import fc from 'fast-check';
import { pack } from 'tar-stream';
import { readArchive } from './archive-reader.ts';
import { writeArchive } from './archive-writer.ts';
import type { ArchiveMeta } from './meta.ts';
import { Spool } from './spool.ts';

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-archive-'));
  folders.push(folder);
  return folder;
};
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const metaOf = (state: Uint8Array): ArchiveMeta => ({
  Version: 1,
  ID: '2-71-1795404981662',
  Index: 71,
  Term: 2,
  Configuration: { Servers: [{ Suffrage: 0, ID: 'a', Address: '127.0.0.1:8300' }] },
  ConfigurationIndex: 1,
  Size: state.length,
});

async function* pieces(bytes: Uint8Array, size = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function archiveOf(state: Uint8Array): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of writing(pieces(state))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function writing(state: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  return writeArchive({
    state,
    spool: new Spool({ folder: tmpdir() }),
    describe: (sizeBytes) => ({ ...metaOf(Buffer.alloc(0)), Size: sizeBytes }),
    nowMs: 1_795_404_981_662,
  });
}

async function read(
  bytes: Uint8Array,
  options: { size?: number; maxStateBytes?: number } = {},
): Promise<{ meta: ArchiveMeta; state: Buffer }> {
  const got: Buffer[] = [];
  const { size = 65_536, ...limits } = options;
  const onState = (chunk: Buffer) => void got.push(Buffer.from(chunk));
  const meta = await readArchive(pieces(bytes, size), { ...limits, onState });
  return { meta, state: Buffer.concat(got) };
}

const noise = (length: number) =>
  Buffer.concat(
    Array.from({ length: Math.ceil(length / 32) }, (_, at) =>
      createHash('sha256').update(String(at)).digest(),
    ),
  ).subarray(0, length);

describe('an archive', () => {
  it.each([0, 1, 511, 512, 513, 200_000])('gives back a state of %i bytes', async (length) => {
    const state = noise(length);
    const bytes = await archiveOf(state);
    for (const size of [1000, 1_000_000]) {
      const got = await read(bytes, { size });
      expect(got.meta).toEqual(metaOf(state));
      expect(got.state.equals(state)).toBe(true);
    }
  });

  it('is a tar that others read, with sums that sha256sum believes', async () => {
    const folder = newFolder();
    const state = noise(100_000);
    const file = join(folder, 'a.snap');
    writeFileSync(file, await archiveOf(state));
    execFileSync('tar', ['-xzf', file, '-C', folder]);
    expect(readdirSync(folder).sort()).toEqual(['SHA256SUMS', 'a.snap', 'meta.json', 'state.bin']);
    expect(readFileSync(join(folder, 'state.bin')).equals(state)).toBe(true);
    expect(JSON.parse(readFileSync(join(folder, 'meta.json'), 'utf8'))).toEqual(metaOf(state));
    const sums = execFileSync('sha256sum', ['meta.json', 'state.bin'], { cwd: folder });
    expect(readFileSync(join(folder, 'SHA256SUMS'), 'utf8')).toBe(sums.toString());
  });

  it('passes on what reading the state throws', async () => {
    const state = (async function* () {
      yield noise(10);
      throw new MeshError('unavailable', 'the disk is gone');
    })();
    const reading = (async () => {
      for await (const _ of writing(state));
    })();
    await expect(reading).rejects.toMatchObject({ message: 'the disk is gone' });
  });

  it('may be abandoned', async () => {
    for await (const _ of writing(pieces(noise(1_000_000)))) break;
  });
});

/** An archive of any files, by another writer. */
function tarOf(files: readonly (readonly [string, Uint8Array | string])[]): Promise<Buffer> {
  const tar = pack();
  for (const [name, content] of files) tar.entry({ name }, Buffer.from(content));
  tar.finalize();
  return (async () => {
    const chunks: Buffer[] = [];
    for await (const chunk of tar) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  })();
}

const sum = (content: string) => createHash('sha256').update(content).digest('hex');

describe('what is refused', () => {
  const state = 'the state';
  const meta = JSON.stringify(metaOf(Buffer.from(state)));
  const sums = `${sum(state)}  state.bin\n${sum(meta)}  meta.json\n`;
  const good = [
    ['meta.json', meta],
    ['state.bin', state],
    ['SHA256SUMS', sums],
  ] as const;

  it('(but files in any order, as the original accepts them, are not)', async () => {
    const { meta: got } = await read(gzipSync(await tarOf([...good].reverse())));
    expect(got.Index).toBe(71);
  });

  const replaced = (name: string, content: string) =>
    good.map(([each, original]) => [each, each === name ? content : original] as const);

  it.each<[string, readonly (readonly [string, string])[], string]>([
    ['no state', good.slice(0, 1), 'it has no state.bin'],
    ['no description', good.slice(1), 'it has no meta.json'],
    ['no sums', good.slice(0, 2), 'it has no SHA256SUMS'],
    ['nothing', [], 'it has no meta.json'],
    ['another file', [...good, ['../../etc/passwd', 'x']], 'unexpected file "../../etc/passwd"'],
    ['a file twice', [...good, ['state.bin', state]], 'state.bin twice'],
    [
      'a changed state',
      replaced('state.bin', 'the stat'),
      `state.bin has SHA-256 ${sum('the stat')}`,
    ],
    ['a changed description', replaced('meta.json', `${meta} `), 'meta.json has SHA-256'],
    [
      'no sum for a file',
      replaced('SHA256SUMS', `${sum(meta)}  meta.json\n`),
      'no line for state.bin',
    ],
    ['a sum of another', replaced('SHA256SUMS', `${sums}${sum('')}  x\n`), 'names "x", not in it'],
    ['sums that are none', replaced('SHA256SUMS', 'hello\n'), 'a line that is no checksum'],
    ['a sum twice', replaced('SHA256SUMS', sums + sums), 'twice'],
  ])('%s', async (_name, files, message) => {
    const bytes = gzipSync(await tarOf(files));
    const refusal = await read(bytes).catch((error: unknown) => error as MeshError);
    expect(refusal).toBeInstanceOf(MeshError);
    expect(refusal).toMatchObject({ code: 'invalid-argument' });
    expect((refusal as MeshError).message).toContain(message);
  });

  it.each<[string, object, string]>([
    ['another version', { Version: 2 }, 'meta.json has version 2; accepted is 1'],
    ['another size', { Size: 5 }, 'state.bin has 9 bytes, meta.json says 5'],
    ['no index', { Index: 'x' }, 'meta.json: Index: expected a whole number, got "x"'],
    ['a negative index', { Index: -1 }, 'meta.json: Index: -1 is below 0'],
  ])('a description with %s', async (_name, change, message) => {
    const changed = JSON.stringify({ ...metaOf(Buffer.from(state)), ...change });
    const files = [
      ['meta.json', changed],
      ['state.bin', state],
      ['SHA256SUMS', `${sum(state)}  state.bin\n${sum(changed)}  meta.json\n`],
    ] as const;
    await expect(read(gzipSync(await tarOf(files)))).rejects.toThrow(message);
  });

  it('bytes that are no gzip, in the words of the original', async () => {
    const message = 'failed to decompress snapshot: gzip: invalid header';
    for (const text of ['not a snapshot', '{}', '  ']) {
      await expect(read(Buffer.from(text))).rejects.toThrow(message);
    }
    await expect(read(Buffer.alloc(0))).rejects.toThrow('failed to decompress snapshot: EOF');
  });

  it('gzip of something else', async () => {
    for (const text of ['', 'hello', 'x'.repeat(5000)]) {
      await expect(read(gzipSync(text))).rejects.toThrow('failed to read snapshot: ');
    }
  });

  it('any end that is missing', async () => {
    const bytes = await archiveOf(noise(3000));
    for (let cut = 1; cut < bytes.length; cut += 97) {
      await expect(read(bytes.subarray(0, cut))).rejects.toMatchObject({
        code: 'invalid-argument',
      });
    }
  });

  it('bytes behind the end', async () => {
    const bytes = await archiveOf(noise(3000));
    const tar = gunzipSync(bytes);
    const more = Buffer.from('more');
    const refused = { code: 'invalid-argument' };
    await expect(read(Buffer.concat([bytes, more]))).rejects.toMatchObject(refused);
    await expect(read(Buffer.concat([bytes, bytes]))).rejects.toThrow('behind its end');
    await expect(read(gzipSync(Buffer.concat([tar, more])))).rejects.toThrow('behind its end');
    // Some writers of tar fill up to 10 KiB.
    await read(gzipSync(Buffer.concat([tar, Buffer.alloc(9216)])));
  });

  it('more than the limit, without reading it', async () => {
    const bytes = await archiveOf(Buffer.alloc(50_000_000));
    expect(bytes.length).toBeLessThan(300_000);
    await expect(read(bytes, { maxStateBytes: 1_000_000 })).rejects.toMatchObject({
      code: 'too-large',
      message: "the snapshot's state.bin has 50000000 bytes; at most 1000000 are accepted",
    });
  });

  it('a bomb in any other place', async () => {
    const zeros = Buffer.alloc(20_000_000);
    const tar = gunzipSync(await archiveOf(noise(100)));
    const limited = { maxStateBytes: 1000 };
    const behind = gzipSync(Buffer.concat([tar, zeros]));
    await expect(read(behind, limited)).rejects.toThrow('behind its end');
    await expect(read(gzipSync(zeros), limited)).rejects.toThrow('behind its end');
    const large = gzipSync(await tarOf([['meta.json', zeros]]));
    await expect(read(large, limited)).rejects.toMatchObject({ code: 'too-large' });
    // A name too long for its field comes in an extension header, which may be of any size.
    const long = gzipSync(await tarOf([['x'.repeat(300), '']]));
    await expect(read(long, limited)).rejects.toThrow('an entry of type "x"');
  });
});

it('any damage is noticed, and nothing but MeshError is thrown', async () => {
  const state = noise(5000);
  const whole = await archiveOf(state);
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: whole.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      fc.constantFrom(300, 65_536),
      async (at, by, size) => {
        const damaged = Buffer.from(whole);
        damaged[at] = damaged[at]! ^ by;
        // Some bytes mean nothing, and the same content has more than one compressed form.
        await read(damaged, { size }).then(
          (got) => expect([got.meta, got.state]).toEqual([metaOf(state), state]),
          (thrown) => expect(thrown).toBeInstanceOf(MeshError),
        );
      },
    ),
    { numRuns: 400 },
  );
});

it('any damage inside of the compression is noticed too', async () => {
  const tar = gunzipSync(await archiveOf(noise(700)));
  await fc.assert(
    fc.asyncProperty(
      fc.nat({ max: tar.length - 1 }),
      fc.integer({ min: 1, max: 255 }),
      async (at, by) => {
        const damaged = Buffer.from(tar);
        damaged[at] = damaged[at]! ^ by;
        await read(gzipSync(damaged, { level: 1 })).then(
          // Padding alone may be anything.
          ({ meta, state }) => expect([meta, state]).toEqual([metaOf(noise(700)), noise(700)]),
          (thrown) => expect(thrown).toBeInstanceOf(MeshError),
        );
      },
    ),
    { numRuns: 400 },
  );
});

it('garbage of any kind is refused', async () => {
  const garbage = fc.oneof(
    fc.uint8Array({ maxLength: 3000 }),
    fc.uint8Array({ maxLength: 3000 }).map((bytes) => gzipSync(bytes)),
  );
  await fc.assert(
    fc.asyncProperty(garbage, async (bytes) => {
      await expect(read(bytes)).rejects.toBeInstanceOf(MeshError);
    }),
  );
});

it('what the source or the taker throws comes through', async () => {
  const broken = (async function* () {
    yield noise(10);
    throw new MeshError('cancelled', 'the client went away');
  })();
  await expect(readArchive(broken)).rejects.toMatchObject({ code: 'cancelled' });
  const onState = () => Promise.reject(new MeshError('unavailable', 'disk full'));
  const bytes = await archiveOf(noise(10));
  await expect(readArchive(pieces(bytes), { onState })).rejects.toThrow('disk full');
});

describe('a spool', () => {
  const contentOf = async (spool: Spool) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of spool.read()) chunks.push(chunk);
    return Buffer.concat(chunks);
  };

  it.each([0, 100, 10_000, 1_000_000])('keeps bytes, in memory up to %i', async (memoryBytes) => {
    const folder = newFolder();
    const spool = new Spool({ folder, memoryBytes });
    const bytes = noise(150_000);
    for await (const piece of pieces(bytes, 9999)) await spool.write(piece);
    expect(spool.sizeBytes).toBe(bytes.length);
    for (const _ of [1, 2]) expect((await contentOf(spool)).equals(bytes)).toBe(true);
    // Nothing has a name, so nothing stays behind however this ends.
    expect(readdirSync(folder)).toEqual([]);
    await spool.dispose();
    await spool.dispose();
  });

  it('says why when there is no place', async () => {
    const spool = new Spool({ folder: join(newFolder(), 'gone'), memoryBytes: 0 });
    await expect(spool.write(noise(1))).rejects.toMatchObject({ code: 'unavailable' });
  });
});
