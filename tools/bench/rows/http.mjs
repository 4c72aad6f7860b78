/** HTTP rows: hot reads and writes against bare node:http. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, wrk } from '../measure.mjs';
import { put, startYardstick } from '../processes.mjs';

async function readRow(name, agent, path, target, rounds) {
  const url = agent.base + path;
  const yardstick = await startYardstick('http-get', url);
  const bare = `http://127.0.0.1:${yardstick.port}${path}`;
  await wrk(url, { seconds: 2 });
  await wrk(bare, { seconds: 2 });
  const result = await alternate(
    rounds,
    () => wrk(url),
    () => wrk(bare),
  );
  await yardstick.stop();
  return { name, unit: 'req/s', yardstick: 'bare node:http, same bytes', target, ...result };
}

export async function kvGet(agent, { rounds }) {
  await put(agent.base, '/v1/kv/bench/key', 'x'.repeat(100));
  return readRow('KV get, 32 connections', agent, '/v1/kv/bench/key', 0.9, rounds);
}

export async function healthService(agent, { rounds, services }) {
  for (let at = 0; at < services; at++) {
    const jobs = [];
    for (let instance = 0; instance < 5; instance++) {
      jobs.push(
        put(agent.base, '/v1/catalog/register', {
          Node: `node-${instance}-${at % 50}`,
          Address: `10.0.${instance}.${at % 50}`,
          Service: { ID: `svc-${at}-${instance}`, Service: `svc-${at}`, Port: 8000 + instance },
          Check: {
            CheckID: `svc-${at}-${instance}-up`,
            Name: 'up',
            Status: 'passing',
            ServiceID: `svc-${at}-${instance}`,
          },
        }),
      );
    }
    await Promise.all(jobs);
  }
  const name = `health/service?passing, ${services} services x 5`;
  return readRow(name, agent, '/v1/health/service/svc-7?passing', 0.8, rounds);
}

export async function kvPut(agent, { rounds, folder, connections = 32 }) {
  const script = join(folder, 'put.lua');
  writeFileSync(
    script,
    `local n = 0
wrk.method = "PUT"
wrk.body = string.rep("x", 100)
request = function()
  n = n + 1
  return wrk.format(nil, "/v1/kv/bench/put-" .. (n % 1000))
end
`,
  );
  const yardstick = await startYardstick('http-put');
  const bare = `http://127.0.0.1:${yardstick.port}`;
  const options = { script, connections };
  await wrk(agent.base, { ...options, seconds: 2 });
  const result = await alternate(
    rounds,
    () => wrk(agent.base, options),
    () => wrk(bare, options),
  );
  await yardstick.stop();
  const name = `KV put in dev, ${connections} connections`;
  return { name, unit: 'req/s', yardstick: 'bare node:http, body read', target: 0.4, ...result };
}
