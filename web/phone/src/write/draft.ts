// A text that is being written here while others may write in it too: what the core surely has, what was handed over
// and not answered yet, and what the writer sees. Pure; it is told what happened and says what to hand over.
import { after, applied, differences, unitSplice, type Splice } from './letters';

export class Draft {
  /** The core's text, with every own edit that it has acknowledged. */
  private sure: string;
  /** Own edits since, in order, each in UTF-16 units of the text before it. */
  private open: Splice[] = [];

  constructor(starts: string, private seenHere = starts) {
    this.sure = starts;
  }

  /** What the writer sees. */
  get text(): string {
    return this.seenHere;
  }

  /** No own edit waits for its answer. */
  get quiet(): boolean {
    return this.open.length === 0;
  }

  /** The words of own edits that the core does not have. */
  get unsent(): string {
    return this.open.map((edit) => edit.insert).join('');
  }

  /** The writer changed the text; the edit, or none where nothing changed. */
  typed(text: string, caret?: number): Splice | null {
    const edit = unitSplice(this.seenHere, text, caret);
    if (!edit) return null;
    this.open.push(edit);
    this.seenHere = text;
    return edit;
  }

  /** The core acknowledged the oldest open edit. */
  acknowledged(): void {
    const edit = this.open.shift();
    if (edit) this.sure = applied(this.sure, edit);
  }

  /**
   * The core's text as it is now, of which no open edit is part. Others' edits are put under the own ones: the writer
   * then sees `text`. `left` is what is still to be handed over, in order; `foreign` is others' edits as they change, one
   * after the other, what the writer saw. `joined`: all that is left is one edit, since one of them was refused for what
   * it was.
   */
  meet(theirs: string, joined = false): { foreign: Splice[]; left: Splice[] } {
    let foreign = differences(this.sure, theirs);
    const left: Splice[] = [];
    for (let own of this.open) {
      const under: Splice[] = [];
      for (const other of foreign) {
        under.push(after(other, own, true));
        own = after(own, other);
      }
      foreign = under;
      left.push(own);
    }
    this.sure = theirs;
    this.seenHere = left.reduce(applied, theirs);
    const whole = joined ? unitSplice(theirs, this.seenHere) : null;
    this.open = joined ? (whole ? [whole] : []) : left;
    return { foreign, left: [...this.open] };
  }
}
