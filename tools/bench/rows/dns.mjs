/** DNS rows: A and SRV of one service against a datagram echo. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { alternate, dnsperf } from '../measure.mjs';
import { put, startYardstick } from '../processes.mjs';

export async function dnsRows(agent, { rounds, folder }) {
  for (let instance = 0; instance < 3; instance++) {
    await put(agent.base, '/v1/catalog/register', {
      Node: `dns-${instance}`,
      Address: `10.9.0.${instance + 1}`,
      Service: { ID: `dns-${instance}`, Service: 'dns-bench', Port: 80 },
    });
  }
  const yardstick = await startYardstick('dns-echo');
  const rows = [];
  for (const type of ['A', 'SRV']) {
    const file = join(folder, `queries-${type}`);
    writeFileSync(file, `dns-bench.service.consul ${type}\n`);
    await dnsperf(agent.dns, file, 2);
    const result = await alternate(
      rounds,
      () => dnsperf(agent.dns, file),
      () => dnsperf(yardstick.port, file),
    );
    rows.push({
      name: `DNS ${type}, service of 3`,
      unit: 'q/s',
      yardstick: 'bare datagram echo',
      target: 0.55,
      ...result,
    });
  }
  await yardstick.stop();
  return rows;
}
