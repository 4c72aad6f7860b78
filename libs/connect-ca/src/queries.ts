import type { StateView } from '@mesh/state';
import { trustDomainOf } from './spiffe.ts';
import { caConfigurations, caRoots } from './table.ts';
import type { CaConfiguration, CaRoot, CaRoots, StoredConfiguration, StoredRoot } from './types.ts';

/** The configuration with the id of the cluster; undefined before there is an authority. */
export function storedConfiguration(view: StateView): StoredConfiguration | undefined {
  return view.get(caConfigurations, 'configuration');
}

/** All authorities, keys included, the active one first, then the youngest. */
export function storedRoots(view: StateView): readonly StoredRoot[] {
  return [...view.prefix(caRoots, '')].sort(
    (a, b) => Number(b.Active) - Number(a.Active) || b.CreateIndex - a.CreateIndex,
  );
}

/** The authority that signs. */
export function activeRoot(view: StateView): StoredRoot | undefined {
  return storedRoots(view).find(({ Active }) => Active);
}

/** The authorities as anybody may see them. */
export function publicRoots(view: StateView): CaRoots | undefined {
  const configuration = storedConfiguration(view);
  const active = activeRoot(view);
  if (!configuration || !active) return undefined;
  return {
    ActiveRootID: active.ID,
    TrustDomain: trustDomainOf(configuration.clusterId),
    Roots: storedRoots(view).map(publicRoot),
  };
}

function publicRoot(root: StoredRoot): CaRoot {
  const {
    signingKey: _key,
    signingCert: _cert,
    signedFromMs: _from,
    notAfterMs: _end,
    rotatedOutAtMs: _out,
    ...shown
  } = root;
  return shown;
}

/** The configuration as those see it who may; a private key of one's own is not shown. */
export function publicConfiguration(view: StateView): CaConfiguration | undefined {
  const stored = storedConfiguration(view);
  if (!stored) return undefined;
  const { Provider, Config, State, ForceWithoutCrossSigning, CreateIndex, ModifyIndex } = stored;
  const { PrivateKey: _key, ...settings } = Config;
  const shown = { Provider, Config: settings as CaConfiguration['Config'], State };
  return { ...shown, ForceWithoutCrossSigning, CreateIndex, ModifyIndex };
}
