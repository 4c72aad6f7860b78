import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { buildSync } from 'esbuild';

/** The module as a program needs it: a script in a process of its own, whose streams are real pipes. */
function script(body: string): string {
  const { outputFiles } = buildSync({
    stdin: {
      contents: `import { processIo as io } from './process-io.ts';\n${body}`,
      resolveDir: join(__dirname),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    conditions: ['@mesh/source'],
  });
  return outputFiles[0]!.text;
}

function run(body: string, feed: (child: ReturnType<typeof spawn>) => void = () => {}) {
  const child = spawn(process.execPath, ['-e', script(body)]);
  const chunks: Buffer[] = [];
  const errors: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk));
  child.stdin.on('error', () => {});
  feed(child);
  return new Promise<{ code: number | null; stdout: Buffer; stderr: string }>((resolve) => {
    child.on('close', (code) => {
      resolve({ code, stdout: Buffer.concat(chunks), stderr: Buffer.concat(errors).toString() });
    });
  });
}

describe('processIo', () => {
  it('loses nothing in a pipe when the process exits at once', async () => {
    const { stdout, code } = await run("io.out('x'.repeat(3_000_000)); process.exit(3);");
    expect([stdout.length, code]).toEqual([3_000_000, 3]);
  });

  it('waits for a slow reader of a non-blocking pipe', async () => {
    const body = `process.stdout._handle?.setBlocking?.(false);
      io.out('y'.repeat(1_000_000)); process.exit(0);`;
    const { stdout } = await run(body, (child) => {
      child.stdout!.pause();
      setTimeout(() => child.stdout!.resume(), 100);
    });
    expect(stdout.length).toBe(1_000_000);
  });

  it('ends quietly when nobody reads any more', async () => {
    const { code, stderr } = await run("for (;;) io.out('z'.repeat(100_000));", (child) => {
      child.stdout!.once('data', () => child.stdout!.destroy());
    });
    expect([code, stderr]).toEqual([141, '']);
  });

  it('reads stdin to its end, bytes as they are', async () => {
    const bytes = Buffer.from(Array.from({ length: 200_000 }, (_, at) => at % 256));
    const { stdout } = await run('io.readStdin().then((all) => io.out(all));', (child) => {
      child.stdin!.write(bytes.subarray(0, 70_000));
      setTimeout(() => child.stdin!.end(bytes.subarray(70_000)), 50);
    });
    expect(stdout.equals(bytes)).toBe(true);
  });

  it('colours nothing in a pipe', async () => {
    const { stderr } = await run("io.err('problem\\n');");
    expect(stderr).toBe('problem\n');
  });
});
