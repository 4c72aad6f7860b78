/** Parked watchers of one key: memory each, and the time from a write until all have been answered. */
import { connect } from 'node:net';
import { residentBytes, sleep } from '../measure.mjs';
import { put } from '../processes.mjs';

/** One raw connection that waits on a blocking query; resolves with the answer. Light, so that ten thousand fit. */
function park(port, path) {
  const state = { answered: undefined };
  state.done = new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n`);
    });
    let text = '';
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('error', reject);
    socket.on('close', () => resolve(text));
  });
  return state;
}

export async function watchers(agent, { count }) {
  const key = '/v1/kv/bench/watched';
  await put(agent.base, key, 'before');
  const answer = await fetch(agent.base + key);
  const index = answer.headers.get('x-consul-index');
  await answer.text();
  const before = residentBytes(agent.pid);
  const parked = [];
  for (let at = 0; at < count; at += 500) {
    for (let one = at; one < Math.min(count, at + 500); one++) {
      parked.push(park(agent.http, `${key}?index=${index}&wait=5m`));
    }
    await sleep(150);
  }
  await sleep(1500);
  const held = residentBytes(agent.pid) - before;
  const startedAt = performance.now();
  await put(agent.base, key, 'after');
  const texts = await Promise.all(parked.map((one) => one.done));
  const wakeMs = performance.now() - startedAt;
  const right = texts.filter((text) => text.includes('YWZ0ZXI=')).length;
  if (right !== count) throw new Error(`${count - right} of ${count} watchers got a wrong answer`);
  return [
    { name: `wake ${count} watchers of a key`, unit: 'ms', ours: wakeMs },
    { name: 'memory of a parked watcher', unit: 'KiB', ours: held / count / 1024 },
  ];
}
