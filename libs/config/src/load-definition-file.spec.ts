import { loadDefinitionFile } from './load-definition-file.ts';
import { refusal } from './testing/load.ts';
import { MemoryFiles, memoryEnvironment } from './testing/memory-environment.ts';

const environment = memoryEnvironment(
  new MemoryFiles({
    'a.json': '{"service":{"name":"web","port":80},"services":[{"name":"db"}]}',
    'b.hcl': 'service { name = "web" check { ttl = "1s" } } check { name = "c" ttl = "2s" }',
    'c.txt': '{}',
    'd.json': '{"service":{}}',
  }),
);

test('JSON and HCL', () => {
  const json = loadDefinitionFile('a.json', environment);
  expect(json.services.map((one) => one.name)).toEqual(['web', 'db']);
  const hcl = loadDefinitionFile('b.hcl', environment);
  expect(hcl.services[0]!.checks[0]!.ttlMs).toBe(1000);
  expect(hcl.checks[0]!.ttlMs).toBe(2000);
});

test('refusals name the file', () => {
  expect(refusal(() => loadDefinitionFile('nope.json', environment))).toBe(
    'config: Open failed on nope.json. open nope.json: no such file or directory',
  );
  expect(refusal(() => loadDefinitionFile('c.txt', environment))).toMatch(/^failed to parse c.txt/);
  expect(refusal(() => loadDefinitionFile('d.json', environment))).toBe(
    'failed to parse d.json: service: Missing service name',
  );
});
