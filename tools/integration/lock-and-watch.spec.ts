/** `consul lock` and `consul watch` as processes against a real agent: signals, time limits, exit codes. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { AgentProcess, LAUNCHER, until } from '@mesh/testkit';

let agent: AgentProcess;
beforeAll(async () => {
  agent = await AgentProcess.start();
});
afterAll(() => agent.stop());

/** A running `consul` whose output can be looked at. */
class Running {
  stdout = '';
  stderr = '';
  readonly exit: Promise<number | string>;
  readonly #child: ChildProcess;

  constructor(args: readonly string[], input?: string) {
    const env = { ...process.env, CONSUL_HTTP_ADDR: agent.address, SHELL: '/bin/sh' };
    this.#child = spawn(LAUNCHER, args, { cwd: agent.folder, env });
    this.#child.stdout!.on('data', (chunk) => {
      this.stdout += chunk;
    });
    this.#child.stderr!.on('data', (chunk) => {
      this.stderr += chunk;
    });
    if (input !== undefined) this.#child.stdin!.end(input);
    this.exit = new Promise((resolve) => {
      this.#child.on('close', (code, signal) => resolve(code ?? signal!));
    });
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  printed(text: string): Promise<unknown> {
    return until(`"${text}" in "${this.stdout}${this.stderr}"`, () => this.stdout.includes(text));
  }
}

const sessions = async () => (await agent.http('GET', '/v1/session/list')).json<{ ID: string }[]>();
const keys = async () => (await agent.http('GET', '/v1/kv/?keys')).text;

describe('consul lock', () => {
  it('excludes a second holder until the first is done, and leaves nothing behind', async () => {
    const first = new Running(['lock', 'one', 'echo first-in; sleep 1; echo first-out']);
    await first.printed('first-in');
    const second = new Running(['lock', 'one', `cat ${join(agent.folder, 'x')} 2>&1; echo second`]);
    const third = new Running(['lock', '-try=300ms', 'one', 'echo never']);
    expect(await third.exit).toBe(1);
    expect(third.stderr).toBe('Shutdown triggered or timeout during lock acquisition\n');
    expect(second.stdout).toBe('');
    expect([await first.exit, first.stdout]).toEqual([0, 'first-in\nfirst-out\n']);
    expect(await second.exit).toBe(0);
    expect(second.stdout).toContain('second');
    expect([await sessions(), await keys()]).toEqual([[], '[]\n']);
  });

  it('tells each step, and the exit code of the child if asked', async () => {
    const one = new Running(['lock', '-verbose', '-child-exit-code', 'steps', 'exit 9']);
    expect(await one.exit).toBe(2);
    expect(one.stdout.split('\n')).toEqual([
      'Setting up lock at path: steps/.lock',
      'Attempting lock acquisition',
      'Starting handler',
      'Child terminated, releasing lock',
      'Cleanup succeeded',
      '',
    ]);
    expect(one.stderr).toBe('Error running handler: exit status 9\n');
  });

  it('lets so many in at once, and insists on the same number', async () => {
    const holders = [1, 2].map(
      (n) => new Running(['lock', '-n=2', 'many', `echo in-${n}; sleep 2`]),
    );
    await Promise.all(holders.map((holder, at) => holder.printed(`in-${at + 1}`)));
    const state = (await agent.http('GET', '/v1/kv/many/.lock?raw')).json<{
      Limit: number;
      Holders: Record<string, boolean>;
    }>();
    expect([state.Limit, Object.keys(state.Holders).length]).toEqual([2, 2]);
    const other = new Running(['lock', '-n=3', 'many', 'true']);
    expect(await other.exit).toBe(1);
    expect(other.stderr).toMatch(
      /^Lock acquisition failed: semaphore many\/ has the limit 2, not 3/,
    );
    const fourth = new Running(['lock', '-n=2', 'many', 'echo in-4']);
    expect(await fourth.exit).toBe(0);
    expect(await Promise.all(holders.map((holder) => holder.exit))).toEqual([0, 0]);
    expect([await sessions(), await keys()]).toEqual([[], '[]\n']);
  });

  it('ends the child when the lock is lost', async () => {
    const script = 'trap "echo terminated; exit 1" TERM; echo held; sleep 30 & wait';
    const holder = new Running(['lock', 'lost', script]);
    await holder.printed('held');
    const [session] = await sessions();
    await agent.http('PUT', `/v1/session/destroy/${session!.ID}`);
    expect(await holder.exit).toBe(1);
    expect(holder.stdout).toBe('held\nterminated\n');
    expect(holder.stderr).toContain('Lock lost, killing child');
  });

  it('passes signals on, gives the lock back and ends', async () => {
    const marker = join(agent.folder, 'usr1');
    const script =
      `trap "touch ${marker}" USR1; trap "echo got-term; exit 0" TERM; ` +
      'echo held; while :; do sleep 0.1; done';
    const holder = new Running(['lock', 'signals', script]);
    await holder.printed('held');
    holder.signal('SIGUSR1');
    await until('the child to get SIGUSR1', () => existsSync(marker));
    holder.signal('SIGTERM');
    expect(await holder.exit).toBe(0);
    expect(holder.stdout).toBe('held\ngot-term\n');
    expect([await sessions(), await keys()]).toEqual([[], '[]\n']);
  });

  it('gives up waiting on a signal', async () => {
    const holder = new Running(['lock', 'wait', 'echo held; sleep 3']);
    await holder.printed('held');
    const waiting = new Running(['lock', 'wait', 'true']);
    await until('a second session', async () => (await sessions()).length === 2);
    waiting.signal('SIGINT');
    expect(await waiting.exit).toBe(1);
    expect(await sessions()).toHaveLength(1);
    holder.signal('SIGTERM');
    await holder.exit;
  });

  it('runs a program without a shell, with our stdin if asked', async () => {
    const plain = new Running([
      'lock',
      '-stale',
      '-shell=false',
      'args',
      'printf',
      '%s|',
      'a b',
      '$HOME',
    ]);
    expect([await plain.exit, plain.stdout]).toEqual([0, 'a b|$HOME|']);
    const fed = new Running(['lock', '-pass-stdin', 'stdin', 'cat'], 'from stdin');
    expect([await fed.exit, fed.stdout]).toEqual([0, 'from stdin']);
    const unfed = new Running(['lock', 'stdin', 'cat; echo $CONSUL_LOCK_HELD'], 'from stdin');
    expect([await unfed.exit, unfed.stdout]).toEqual([0, 'true\n']);
  });

  it('will not touch a key that is no lock', async () => {
    await agent.http('PUT', '/v1/kv/taken/.lock', 'data');
    const one = new Running(['lock', 'taken', 'true']);
    expect(await one.exit).toBe(1);
    expect(one.stderr).toMatch(
      /^Lock acquisition failed: key taken\/.lock exists and is not a lock/,
    );
    await agent.http('DELETE', '/v1/kv/taken?recurse');
  });
});

describe('consul watch', () => {
  it('runs its handler at each change and not else', async () => {
    await agent.http('PUT', '/v1/kv/watched', 'one');
    const file = join(agent.folder, 'changes');
    const watch = new Running(['watch', '-type=key', '-key=watched', `cat >> ${file}`]);
    const values = () =>
      (existsSync(file) ? readFileSync(file, 'utf8') : '')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => (JSON.parse(line) as { Value: string } | null)?.Value ?? null);
    await until('the first state', () => values().length === 1);
    await agent.http('PUT', '/v1/kv/other', 'x');
    await agent.http('PUT', '/v1/kv/watched', 'two');
    await until('the second state', () => values().length === 2);
    await agent.http('DELETE', '/v1/kv/watched');
    await until('the third state', () => values().length === 3);
    expect(values()).toEqual(['b25l', 'dHdv', null]);
    watch.signal('SIGINT');
    expect(await watch.exit).toBe(0);
  });

  it('sees new events, each once', async () => {
    const file = join(agent.folder, 'events');
    const fire = (name: string) => agent.http('PUT', `/v1/event/fire/${name}`, 'p');
    await fire('before');
    const watch = new Running(['watch', '-type=event', `cat >> ${file}`]);
    const names = () =>
      (existsSync(file) ? readFileSync(file, 'utf8') : '')
        .split('\n')
        .filter((line) => line !== '')
        .flatMap((line) => (JSON.parse(line) as { Name: string }[]).map(({ Name }) => Name));
    await until('the event of before', () => names().length === 1);
    await fire('second');
    await until('the second event', () => names().length === 2);
    await fire('third');
    await until('the third event', () => names().length === 3);
    expect(names()).toEqual(['before', 'second', 'third']);
    watch.signal('SIGTERM');
    expect(await watch.exit).toBe(0);
  });
});
