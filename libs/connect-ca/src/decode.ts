import { anything, flag, invalid, mapOf, record, refine, text } from '@mesh/base';
import type { ConfigureArgs } from './endpoint.ts';

/** The body of PUT /v1/connect/ca/configuration. */
export const configurationBody = refine(
  record({ Provider: text, Config: mapOf(anything), ForceWithoutCrossSigning: flag }),
  ({ Provider, Config, ForceWithoutCrossSigning }): ConfigureArgs => ({
    provider: Provider,
    settings: Config ?? {},
    forceWithoutCrossSigning: ForceWithoutCrossSigning,
  }),
);

/** Arguments off the wire. Throws `invalid-argument`. */
export function decodeConfigure(args: unknown): ConfigureArgs {
  const { provider, settings, forceWithoutCrossSigning } = (args ?? {}) as Partial<
    Record<keyof ConfigureArgs, unknown>
  >;
  const isFit =
    typeof provider === 'string' &&
    typeof forceWithoutCrossSigning === 'boolean' &&
    settings !== null &&
    typeof settings === 'object' &&
    !Array.isArray(settings);
  if (!isFit) throw invalid('ConnectCA.ConfigurationSet: the arguments do not fit');
  return {
    ...{ provider, forceWithoutCrossSigning },
    settings: settings as Readonly<Record<string, unknown>>,
  };
}
