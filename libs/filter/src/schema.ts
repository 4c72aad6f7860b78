/** Type of a field that a filter may select. */
export type FieldType =
  | 'string'
  | 'number'
  | 'bool'
  | { readonly list: FieldType }
  /** String keys; any key may be selected. */
  | { readonly map: FieldType }
  | { readonly record: FilterSchema };

/**
 * What a filter may select from a row: the row's properties (named as in the JSON of the API) and
 * their types. A property that is missing or null counts as the zero value of its type, as in the
 * original.
 */
export type FilterSchema = Readonly<Record<string, FieldType>>;
