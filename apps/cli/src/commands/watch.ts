import { boolFlag, goJson, type Io, listFlag, textFlag } from '@mesh/cli-kit';
import { defineApiCommand } from '../api-command.ts';
import { Child } from '../child.ts';
import { attempt, UsageError } from '../command.ts';
import { watchLoop } from '../watch-loop.ts';
import { watchQuestion } from '../watch-types.ts';

export const command = defineApiCommand({
  usage: 'consul watch [options] [child...]',
  about: `Runs a program each time that what it watches changes, the first time at once.
The program gets the new state as JSON on stdin and its index in CONSUL_INDEX; when
it fails, the watch ends. Without a program the state is printed once.

Types: key, keyprefix, services, nodes, service, checks, event.

    $ consul watch -type=key -key=app/config ./reload.sh
    $ consul watch -type=service -service=web -passingonly=true ./write-config
    $ consul watch -type=event -name=deploy ./deploy.sh`,
  connection: 'server',
  flags: {
    key: textFlag('Key, for type key.'),
    name: textFlag('Name of events, for type event; without one, all.'),
    passingonly: textFlag('true leaves out instances that are not passing, for type service.'),
    prefix: textFlag('Beginning of keys, for type keyprefix.'),
    service: textFlag('Name of a service, for types service and checks.'),
    shell: boolFlag('Run the program with a shell.', true),
    state: textFlag('State of checks, for type checks; without one, any.'),
    tag: listFlag('Tag that instances must have, for type service; repeatable.'),
    type: textFlag('What to watch.'),
  },
  async run({ flags, args, io, print, complain, api }) {
    if (flags.type === '') throw new UsageError('Watch type must be specified');
    const question = watchQuestion(flags);
    const agent = api();
    await attempt('Error querying Consul agent', agent.get('/v1/agent/self'));
    const abort = new AbortController();
    const stopListening = io.onSignal(['SIGINT', 'SIGTERM'], () => abort.abort());
    let exitCode = 0;
    await watchLoop({
      api: agent,
      question,
      signal: abort.signal,
      async onChange(value, index) {
        if (args.length === 0) {
          print(goJson(value, '    '));
          return false;
        }
        const problem = await runHandler(args, flags.shell, value, index, io, abort.signal);
        if (problem === '' || abort.signal.aborted) return true;
        complain(problem);
        exitCode = 1;
        return false;
      },
      onFailure: (message, retryMs) =>
        complain(`Watch (type: ${flags.type}) errored: ${message}, retry in ${retryMs / 1000}s`),
    });
    stopListening();
    return exitCode;
  },
});

/** Runs the handler once; '' or what went wrong. */
async function runHandler(
  words: readonly string[],
  shell: boolean,
  value: unknown,
  index: bigint,
  io: Io,
  signal: AbortSignal,
): Promise<string> {
  const env = { ...io.env, CONSUL_INDEX: String(index) };
  const stdin = Buffer.from(`${goJson(value)}\n`);
  const child = new Child({ words, shell, env, stdin }, io);
  const onAbort = () => child.signal('SIGTERM');
  signal.addEventListener('abort', onAbort);
  try {
    const end = await child.ended;
    return end.success ? '' : `Error executing handler: ${end.text}`;
  } catch (error) {
    return `Error starting handler: ${(error as Error).message}`;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
