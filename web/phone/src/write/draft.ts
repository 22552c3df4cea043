// A text that is being written here while others may write in it too: what the core surely has, what was handed over
// and not answered yet, and what the writer sees. Pure; it is told what happened and says what to hand over.
import { after, applied, unitSplice, type Splice } from './letters';

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
   * The core's text as it is now, of which no open edit is part. Others' edit is put under the own ones: what the writer
   * then sees is `text`, and what is still to be handed over is the way from the core's text to it. Gives others' edit
   * as it changes what the writer saw, or none.
   */
  meet(theirs: string): Splice | null {
    let foreign = unitSplice(this.sure, theirs);
    let merged = theirs;
    for (const own of this.open) {
      merged = applied(merged, foreign ? after(own, foreign) : own);
      foreign = foreign && after(foreign, own, true);
    }
    this.sure = theirs;
    this.seenHere = merged;
    this.open = [];
    const left = unitSplice(theirs, merged);
    if (left) this.open.push(left);
    return foreign;
  }
}
