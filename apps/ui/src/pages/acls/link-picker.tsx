import type { AclLink } from '@mesh/api-contract';
import { useId, useState } from 'preact/hooks';
import type { Answer } from '../../api/use-query.ts';
import { Link } from '../../routing/link.tsx';

interface LinkPickerProps {
  /** Heading: "Policies". */
  readonly title: string;
  /** One of them: "policy". */
  readonly one: string;
  readonly chosen: readonly AclLink[];
  readonly available: Answer<readonly AclLink[] | null>;
  /** Path of the page of one. */
  readonly pageOf: (link: AclLink) => string;
  readonly onChange: (chosen: readonly AclLink[]) => void;
}

/** Chooses some of the policies or roles that there are. */
export function LinkPicker(props: LinkPickerProps) {
  const { title, one, chosen, available, pageOf, onChange } = props;
  const id = useId();
  const remove = ({ ID }: AclLink) => {
    onChange(chosen.filter((link) => link.ID !== ID));
    // The button is gone with its row: the keyboard goes on from here.
    document.getElementById(`${id}-add`)?.focus();
  };
  return (
    <fieldset class="field">
      <legend>{title}</legend>
      {chosen.length > 0 && (
        <ul class="chosen">
          {chosen.map((link) => (
            <li key={link.ID}>
              <Link to={pageOf(link)}>{link.Name}</Link>
              <button
                type="button"
                class="plain"
                aria-label={`Remove the ${one} ${link.Name}`}
                onClick={() => remove(link)}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      <AddLink id={`${id}-add`} {...props} available={available} />
    </fieldset>
  );
}

function AddLink({
  id,
  one,
  chosen,
  available,
  onChange,
}: LinkPickerProps & { readonly id: string }) {
  const [picked, setPicked] = useState('');
  if (available.state === 'failed') {
    return (
      <p class="wrong">
        The list of them could not be loaded: {available.failure.message}. What is chosen is kept.
      </p>
    );
  }
  const isChosen = new Set(chosen.map(({ ID }) => ID));
  const others = (available.state === 'ready' ? (available.value ?? []) : [])
    .filter(({ ID }) => !isChosen.has(ID))
    .toSorted((a, b) => (a.Name < b.Name ? -1 : 1));
  const add = () => {
    const link = others.find(({ ID }) => ID === picked);
    if (!link) return;
    onChange([...chosen, { ID: link.ID, Name: link.Name }]);
    setPicked('');
  };
  return (
    <div class="add-link">
      <select
        id={id}
        aria-label={`Add a ${one}`}
        value={picked}
        onChange={(event) => setPicked(event.currentTarget.value)}
      >
        <option value="">{others.length === 0 ? `No other ${one}` : `Choose a ${one}`}</option>
        {others.map(({ ID, Name }) => (
          <option key={ID} value={ID}>
            {Name}
          </option>
        ))}
      </select>
      <button type="button" disabled={picked === ''} onClick={add}>
        Add the {one}
      </button>
    </div>
  );
}
