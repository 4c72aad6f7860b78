/**
 * A place in the network so that distances are round-trip times (Vivaldi: Dabek et al. 2004, with the height and
 * adjustment of Ledlie et al. 2007). Seconds throughout; names as in the API.
 */
export interface NetworkCoordinate {
  readonly Vec: readonly number[];
  readonly Error: number;
  readonly Adjustment: number;
  readonly Height: number;
}
