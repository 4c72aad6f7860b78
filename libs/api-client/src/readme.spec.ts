import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as apiClient from './index.ts';
import { FakeFetch, indexed } from './testing/fake-fetch.ts';

/** Answers in the order in which the examples of the README ask. */
const INSTANCE = {
  Node: { Address: '10.0.0.1' },
  Service: { Address: '', Port: 80 },
  Checks: [],
};

type Main = (
  module: { ApiClient: unknown },
  console: { log(value: unknown): void },
) => Promise<void>;

describe('examples of the README', () => {
  const readme = readFileSync(join(__dirname, '..', 'README.md'), 'utf8');
  const examples = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
  const answers = [[{}, indexed(5, [INSTANCE])], [indexed(5, [INSTANCE])]];

  it('finds them all', () => expect(examples).toHaveLength(answers.length));

  it.each(examples.map((example, at) => [at + 1, example] as const))(
    'number %i prints what it says',
    async (number, example) => {
      const fake = new FakeFetch(...answers[number - 1]!);
      class Client extends apiClient.ApiClient {
        constructor(options: apiClient.ClientOptions) {
          super({ ...options, fetch: fake.fetch, WebSocket: null });
        }
      }
      const body = example.replace(
        /^import (\{.*\}) from '@mesh\/api-client';$/m,
        'const $1 = mesh;',
      );
      const main = new Function('mesh', 'console', `return (async () => {${body}})();`) as Main;
      const printed: unknown[] = [];
      await main({ ApiClient: Client }, { log: (value) => printed.push(String(value)) });
      const promised = [...example.matchAll(/; \/\/ (.*)$/gm)].map((match) => match[1]);
      expect(printed).toEqual(promised);
    },
  );
});
