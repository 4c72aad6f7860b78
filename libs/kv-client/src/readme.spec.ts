import { join } from 'node:path';
import * as util from 'node:util';
import * as kvClient from './index.ts';
import { FakeAgent } from './testing/fake-agent.ts';
import { serve } from './testing/fake-agent-server.ts';
import { promisedOutput, readExamples, runExample } from './testing/readme-examples.ts';

const MODULES: Readonly<Record<string, unknown>> = {
  '@mesh/kv-client': kvClient,
  'node:util': util,
};

describe('examples of the README', () => {
  const examples = readExamples(join(__dirname, '..', 'README.md'));

  it.each(examples.map((example, at) => [at + 1, example] as const))(
    'number %i prints what it says',
    async (_number, example) => {
      const server = await serve(new FakeAgent().fetch);
      try {
        const printed = await runExample(example, server.address, (name) => MODULES[name]);
        expect(printed).toEqual(promisedOutput(example));
        expect(printed.length).toBeGreaterThan(0);
      } finally {
        await server.close();
      }
    },
  );

  it('finds them all', () => {
    expect(examples).toHaveLength(4);
  });
});
