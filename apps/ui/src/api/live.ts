import { apiRoot } from '../routing/navigation.ts';
import { Observable } from '../settings/observable.ts';
import { session } from '../settings/session.ts';
import { LiveSocket, type LiveState, type SocketLike } from './live-socket.ts';

/** How the live connection is, for the notice in the shell. */
export const liveState = new Observable<LiveState | 'idle'>('idle');

/** The connection that all pages share. */
export const live = new LiveSocket({
  open: () => new WebSocket(`${apiRoot.replace(/^http/, 'ws')}v1/live`) as unknown as SocketLike,
  onState: (state) => liveState.set(state),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  random: Math.random,
});

window.addEventListener('online', () => live.retry());

/** The path with the token: browsers send no headers with a WebSocket. */
export function withToken(path: string): string {
  const token = session.value?.secretId;
  if (token === undefined) return path;
  return `${path}${path.includes('?') ? '&' : '?'}token=${encodeURIComponent(token)}`;
}
