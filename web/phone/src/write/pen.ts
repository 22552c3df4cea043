// One text box and the note's text behind it. Each input becomes the smallest splice and is handed to the core at
// once, in order; nothing here waits. When a colleague's words arrive, the caret stays at the writer's own letter.
import { core } from '../core/app';
import { moved, splice, unitSplice, type Splice } from './letters';
import type { Saving } from './saving';
import { Undo } from './undo';

/** A longer pause between two keys is no time spent writing. */
const MOST_SPENT_MS = 20_000;
const LOOK_AGAIN_MS = 60;

/** What a pen needs of a textarea. */
export type Box = Pick<HTMLTextAreaElement, 'value' | 'selectionStart' | 'selectionEnd' | 'setSelectionRange'>;

export class Pen {
  readonly undo = new Undo();
  /** The text as the core has it, once it has carried out all that was asked. */
  private known: string;
  /** How many splices were handed over; a look that began before the newest is stale. */
  private handed = 0;
  private refused = false;
  private composing = false;
  private last_key_ms: number | null = null;
  private looking: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly note: string,
    private readonly field: string,
    private readonly box: Box,
    starts: string,
    private readonly saving: Saving,
    private readonly onUndoable: () => void,
  ) {
    this.known = starts;
  }

  /** The box's text was changed by its writer. */
  typed(now_ms: number): void {
    const text = this.box.value;
    const units = unitSplice(this.known, text);
    if (!units) return;
    this.undo.typed(this.known, units, now_ms);
    this.hand(text, now_ms);
    this.onUndoable();
  }

  /** Takes the newest own edit back. */
  back(now_ms: number): void {
    const before = this.undo.back(this.box.value);
    if (before) {
      this.box.value = before.text;
      this.box.setSelectionRange(before.caret, before.caret);
      this.hand(before.text, now_ms);
    }
    this.onUndoable();
  }

  /** An input method is at work: its letters are handed over as they come, and nobody else's are put in between. */
  compose(on: boolean): void {
    this.composing = on;
    if (!on) this.look();
  }

  /** Looks what the core has, and shows what came from elsewhere. */
  look(): void {
    clearTimeout(this.looking);
    if (this.composing) return;
    const handed = this.handed;
    core.call('on_screen', { note: this.note, field: this.field }).then(
      (text) => {
        if (text === null || this.refused) return;
        // A key was typed while this was under way: the answer is older than the box.
        if (this.handed !== handed || this.composing) this.looking = setTimeout(() => this.look(), LOOK_AGAIN_MS);
        else this.show(text);
      },
      () => undefined,
    );
  }

  /** Tries to hand over what was refused, against what the core has now. */
  readonly again = (): void => {
    core.call('on_screen', { note: this.note, field: this.field }).then(
      (text) => {
        if (text === null) return;
        this.known = text;
        this.refused = false;
        this.hand(this.box.value, performance.now(), true);
      },
      () => undefined,
    );
  };

  stop(): void {
    clearTimeout(this.looking);
  }

  private hand(text: string, now_ms: number, evenNothing = false): void {
    if (this.refused) return;
    const edit = splice(this.known, text) ?? (evenNothing ? { at: 0, delete: 0, insert: '' } : null);
    if (!edit) return;
    const since = this.last_key_ms === null ? 0 : now_ms - this.last_key_ms;
    this.last_key_ms = now_ms;
    this.known = text;
    this.handed++;
    const spent_ms = since > 0 && since <= MOST_SPENT_MS ? Math.round(since) : 0;
    const call = core.call('type_text', { note: this.note, field: this.field, ...edit, spent_ms });
    // After a refusal the core's text is no longer what we think: nothing more is handed over until it is asked.
    call.catch(() => { this.refused = true; });
    void this.saving.follow(call, this.again);
  }

  private show(text: string): void {
    const edit = unitSplice(this.known, text);
    if (!edit) return;
    const { selectionStart, selectionEnd } = this.box;
    this.known = text;
    this.box.value = text;
    this.box.setSelectionRange(movedTo(selectionStart, edit), movedTo(selectionEnd, edit));
    this.undo.others(edit);
    this.onUndoable();
  }
}

function movedTo(position: number | null, edit: Splice): number {
  return moved(position ?? 0, edit);
}
