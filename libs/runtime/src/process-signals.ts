/** What a signal asks of the agent. */
export type SignalAction = 'reload' | 'interrupt' | 'terminate';

/** Signal -> what it asks, and its name in the log as the original writes it. */
const SIGNALS: Readonly<Record<string, readonly [SignalAction, string]>> = {
  SIGHUP: ['reload', 'hangup'],
  SIGINT: ['interrupt', 'interrupt'],
  SIGTERM: ['terminate', 'terminated'],
};

/** Listens to the process's signals until the returned function is called. SIGPIPE is ignored by Node itself. */
export function onSignals(handle: (action: SignalAction, name: string) => void): () => void {
  const listeners = Object.entries(SIGNALS).map(([signal, [action, name]]) => {
    const listener = () => handle(action, name);
    process.on(signal, listener);
    return () => process.removeListener(signal, listener);
  });
  return () => {
    for (const remove of listeners) remove();
  };
}
