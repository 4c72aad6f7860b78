/** What a signal asks of the agent. */
export type SignalAction = 'reload' | 'interrupt' | 'terminate';

const ACTIONS: Readonly<Record<string, SignalAction>> = {
  SIGHUP: 'reload',
  SIGINT: 'interrupt',
  SIGTERM: 'terminate',
};

/** Listens to the process's signals until the returned function is called. SIGPIPE is ignored by Node itself. */
export function onSignals(handle: (action: SignalAction, signal: string) => void): () => void {
  const listeners = Object.entries(ACTIONS).map(([signal, action]) => {
    const listener = () => handle(action, signal);
    process.on(signal, listener);
    return () => process.removeListener(signal, listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
