import { boolFlag, CommandError, durationFlag, textFlag } from '@mesh/cli-kit';
import { compilePattern } from '@mesh/filter';
import type { AgentApi } from '../agent-api/agent-api.ts';
import { serverFlags } from '../agent-api/api-flags.ts';
import { type ApiInvocation, defineApiCommand } from '../api-command.ts';
import { attempt, UsageError } from '../command.ts';
import { type ForeignOwner, Job, type JobSpec, type JobTarget } from '../remote-exec/job.ts';
import { waitForJob } from '../remote-exec/wait-for-job.ts';

const FLAGS = {
  ...serverFlags,
  node: textFlag('Regular expression: only nodes with such names run it.'),
  prefix: textFlag('Prefix of the keys through which command and output go.', '_rexec'),
  service: textFlag('Regular expression: only nodes with such services run it.'),
  shell: boolFlag('Run the command with a shell.', true),
  tag: textFlag('Regular expression: the service must have such a tag; needs -service.'),
  verbose: boolFlag('Tell of every step.'),
  wait: durationFlag('Silence of all nodes after which the job counts as done.', 2000),
  'wait-repl': durationFlag('Time for the servers to replicate the job before it is told.', 200),
};

export const command = defineApiCommand({
  usage: 'consul exec [options] [-|command...]',
  about: `Runs a command on the nodes of a datacenter, or on those that the filters name, and
prints what it says there. Agents take part only where disable_remote_exec is false.
With - the command is a script that comes on stdin.

The exit code is 2 where the command failed on a node or was not done in time.

    $ consul exec -service=web uptime
    $ consul exec -node=db-.* - <cleanup.sh`,
  connection: 'agent',
  flags: FLAGS,
  async run(invocation) {
    const { flags, io, print, api } = invocation;
    const spec = await specOf(invocation);
    await checkTarget(flags);
    const agent = api();
    const foreign = await foreignOwner(agent, flags.datacenter);
    const say = (line: string) => {
      if (flags.verbose) print(line);
    };
    if (foreign) say('Remote exec in foreign datacenter, using Session TTL');
    const job = await attempt('Failed to create session', Job.open(agent, flags.prefix, foreign));
    say(`Created remote execution session: ${job.session}`);
    const interrupt = new AbortController();
    const stopListening = io.onSignal(['SIGINT', 'SIGTERM'], () => interrupt.abort());
    try {
      return await runJob({ ...invocation, agent, job, spec, say, interrupted: interrupt.signal });
    } finally {
      stopListening();
      await job
        .close()
        .catch((error: Error) => invocation.complain(`Failed to clean up: ${error.message}`));
    }
  },
});

type Invocation = ApiInvocation<typeof FLAGS>;

interface Run extends Pick<Invocation, 'print' | 'complain'> {
  readonly flags: Invocation['flags'];
  readonly agent: AgentApi;
  readonly job: Job;
  readonly spec: JobSpec;
  readonly interrupted: AbortSignal;
  /** Prints where -verbose is given. */
  say(line: string): void;
}

async function runJob(run: Run): Promise<number> {
  const { flags, agent, job, spec, say, interrupted, print, complain } = run;
  await attempt('Failed to create job file', job.upload(spec));
  say('Uploaded remote execution spec');
  // Agents read the file stale first: it should be on the servers that they ask.
  await pause(flags['wait-repl'], interrupted);
  if (interrupted.aborted) return 1;
  const id = await attempt('Failed to fire event', job.announce(flags));
  say(`Fired remote execution event: ${id}`);
  const { verbose, wait: quietMs } = flags;
  const { folder } = job;
  return waitForJob({ api: agent, folder, quietMs, verbose, interrupted, print, complain });
}

async function specOf({ flags, args, io }: Invocation): Promise<JobSpec> {
  const empty = { command: '', args: [], script: new Uint8Array(0), waitMs: flags.wait };
  const line = args.join(' ');
  if (line === '') throw new UsageError('Must specify a command to execute');
  if (line === '-') {
    if (!flags.shell) {
      throw new CommandError('Cannot configure -shell=false when reading from stdin');
    }
    const script = await attempt('Failed to read stdin', io.readStdin());
    if (script.length === 0) throw new UsageError('Must specify a command to execute');
    return { ...empty, script };
  }
  return flags.shell ? { ...empty, command: line } : { ...empty, args };
}

async function checkTarget({ node, service, tag }: JobTarget): Promise<void> {
  for (const [what, text] of Object.entries({ node, service, tag })) {
    await attempt(`Failed to compile ${what} filter regexp`, () => compilePattern(text));
  }
  if (tag !== '' && service === '') {
    throw new CommandError('Cannot provide tag filter without service filter.');
  }
}

/** Who asks, where that is of another datacenter than the job. */
async function foreignOwner(api: AgentApi, wanted: string): Promise<ForeignOwner | undefined> {
  const work = api.get<AgentSelf>('/v1/agent/self');
  const { Config } = await attempt('Error querying Consul agent', work);
  if (wanted === '' || wanted === Config.Datacenter) return undefined;
  return { localNode: Config.NodeName, localDatacenter: Config.Datacenter };
}

interface AgentSelf {
  readonly Config: { readonly NodeName: string; readonly Datacenter: string };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}
