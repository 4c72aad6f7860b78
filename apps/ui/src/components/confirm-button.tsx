import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Modal } from './modal.tsx';

interface ConfirmButtonProps {
  /** On the button. */
  readonly text: string;
  /** What will happen, in the dialog. */
  readonly question: ComponentChildren;
  /** On the button that does it; says what, not "OK". */
  readonly confirm: string;
  readonly onConfirm: () => unknown;
  readonly class?: string;
  readonly label?: string;
}

/** A button whose deed cannot be undone: it asks first. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { text, question, confirm, onConfirm, label } = props;
  const [isOpen, setOpen] = useState(false);
  const title = useId();
  const close = () => setOpen(false);
  const agree = () => {
    close();
    onConfirm();
  };
  return (
    <>
      <button
        type="button"
        class={props.class ?? 'danger'}
        aria-label={label}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
      >
        {text}
      </button>
      {isOpen && (
        <Modal titleId={title} onClose={close}>
          <h2 id={title}>{text}?</h2>
          <div class="modal-text">{question}</div>
          <div class="actions">
            <button type="button" class="danger solid" onClick={agree}>
              {confirm}
            </button>
            <button type="button" onClick={close}>
              Cancel
            </button>
          </div>
        </Modal>
      )}
    </>
  );
}
