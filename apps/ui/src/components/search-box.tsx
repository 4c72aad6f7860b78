import { useEffect, useState } from 'preact/hooks';
import { keepParameter, place } from '../routing/navigation.ts';

interface SearchBoxProps {
  readonly label: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onInput: (value: string) => void;
}

/** A search field over a list. */
export function SearchBox({ label, placeholder, value, onInput }: SearchBoxProps) {
  return (
    <search class="search">
      <input
        type="search"
        aria-label={label}
        placeholder={placeholder ?? label}
        value={value}
        spellcheck={false}
        autocomplete="off"
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </search>
  );
}

/** A search that stands in the address (`?filter=`), so that it survives a reload and may be sent along. */
export function useSearch(parameter = 'filter'): [string, (value: string) => void] {
  const [value, setValue] = useState(
    () => new URLSearchParams(place.value.search).get(parameter) ?? '',
  );
  useEffect(() => keepParameter(parameter, value), [parameter, value]);
  return [value, setValue];
}
