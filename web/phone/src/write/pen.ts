// One text box and the note's text behind it. Each input becomes the smallest splice and is handed to the core at
// once, in order; nothing here waits. When a colleague's words arrive, the caret stays at the writer's own letter.
import { core } from '../core/app';
import { Trouble } from '../core/core';
import { Draft } from './draft';
import { applied, inScalars, moved, type Splice } from './letters';
import type { Saving } from './saving';
import { Undo } from './undo';

/** A longer pause between two keys is no time spent writing. */
const MOST_SPENT_MS = 20_000;
const RETRY_MS = 1_500;

/** What a pen needs of a textarea. */
export type Box = Pick<HTMLTextAreaElement, 'value' | 'selectionStart' | 'selectionEnd' | 'setSelectionRange'>;

export class Pen {
  readonly undo = new Undo();
  private readonly draft: Draft;
  /** What the core said with the text that the draft is built on; none before the first look. */
  private seen: number | null = null;
  /** Edits are kept here and not handed over: the core's text must be met first. */
  private meeting: Promise<unknown> | null = null;
  /** Why the core took an edit no more; until it does, nothing is handed over. */
  private stuck: Error | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private composing: Promise<void> | null = null;
  private composed: () => void = () => undefined;
  private last_key_ms: number | null = null;

  constructor(
    private readonly note: string,
    private readonly field: string,
    private readonly box: Box,
    starts: string,
    private readonly saving: Saving,
    private readonly onChanged: () => void,
  ) {
    this.draft = new Draft(starts);
  }

  /** Words that the core has not taken. */
  get unsent(): string {
    return this.draft.unsent;
  }

  /** The box's text was changed by its writer. */
  typed(now_ms: number): void {
    const before = this.draft.text;
    const edit = this.draft.typed(this.box.value, this.box.selectionEnd ?? undefined);
    if (!edit) return;
    this.undo.typed(before, edit, now_ms);
    this.hand(before, edit, now_ms);
    this.onChanged();
  }

  /** Takes the newest own edit back. */
  back(now_ms: number): void {
    const step = this.undo.back(this.box.value);
    if (step) {
      const before = this.draft.text;
      this.box.value = step.text;
      this.box.setSelectionRange(step.caret, step.caret);
      const edit = this.draft.typed(step.text, step.caret);
      if (edit) this.hand(before, edit, now_ms);
    }
    this.onChanged();
  }

  /** An input method is at work: nothing is put into the box before it is done. */
  compose(on: boolean): void {
    if (on) {
      this.composing ??= new Promise((done) => { this.composed = done; });
      return;
    }
    this.composing = null;
    this.composed();
    this.look();
  }

  /** Looks what came from elsewhere, and shows it, unless a key comes in between: then that finds out. */
  look(): void {
    if (this.composing || this.meeting || this.stuck) return;
    const asked = this.ask();
    if (this.seen === null) {
      // The first look also says what later edits are built on.
      this.meet(asked, 0);
      return;
    }
    asked.then((now) => {
      if (now === null || !this.draft.quiet || this.composing || this.meeting) return;
      this.seen = now.seen;
      this.show(this.draft.meet(now.text).foreign);
    }, () => undefined);
  }

  /** Tries once more to hand over what was refused. */
  readonly again = (): void => {
    clearTimeout(this.retry);
    if (this.meeting) return;
    this.stuck = null;
    void this.saving.follow(this.meet(this.ask(), 0, true), this.again);
  };

  stop(): void {
    clearTimeout(this.retry);
  }

  private ask() {
    return core.call('on_screen', { note: this.note, field: this.field });
  }

  private hand(before: string, edit: Splice, now_ms: number): void {
    const spent_ms = this.spent(now_ms);
    if (this.stuck) {
      // Perhaps what was wrong is mended now: a text that was too long is shorter.
      clearTimeout(this.retry);
      this.retry = setTimeout(this.again, RETRY_MS);
      return;
    }
    if (this.meeting || this.seen === null) {
      if (!this.meeting) this.look();
      if (this.meeting) void this.saving.follow(this.meeting, this.again);
      return;
    }
    void this.saving.follow(this.send(inScalars(before, edit), spent_ms), this.again);
  }

  private send(edit: Splice, spent_ms: number): Promise<unknown> {
    const call = core.call('type_text', { note: this.note, field: this.field, ...edit, spent_ms, seen: this.seen ?? 0 });
    return call.then(
      () => this.draft.acknowledged(),
      (error: unknown) => {
        // What was typed on top of a refused edit is refused with it.
        if (this.stuck) throw this.stuck;
        if (error instanceof Trouble && error.code === 'Stale') return this.meeting ?? this.meet(this.ask(), spent_ms);
        throw this.stuck = error instanceof Error ? error : new Error(String(error));
      },
    );
  }

  /** Others wrote: takes their words in under the own ones, and hands over what is still open. */
  private meet(asked: ReturnType<Pen['ask']>, spent_ms: number, joined = false): Promise<unknown> {
    const met = asked.then(async (now) => {
      if (this.composing) await this.composing;
      this.meeting = null;
      if (now === null) return undefined;
      this.seen = now.seen;
      const { foreign, left } = this.draft.meet(now.text, joined);
      this.show(foreign);
      let text = now.text;
      const sent = left.map((edit, i) => {
        const said = this.send(inScalars(text, edit), i === 0 ? spent_ms : 0);
        text = applied(text, edit);
        return said;
      });
      return Promise.all(sent);
    });
    this.meeting = met;
    met.catch((error: Error) => { this.meeting = null; this.stuck ??= error; });
    return met;
  }

  private spent(now_ms: number): number {
    const since = this.last_key_ms === null ? 0 : now_ms - this.last_key_ms;
    this.last_key_ms = now_ms;
    return since > 0 && since <= MOST_SPENT_MS ? Math.round(since) : 0;
  }

  /** Shows others' edits, given as they change, one after the other, what the writer saw. */
  private show(foreign: Splice[]): void {
    if (this.box.value === this.draft.text) return;
    const caret = (position: number | null) => foreign.reduce((at, edit) => moved(at, edit), position ?? 0);
    const [start, end] = [caret(this.box.selectionStart), caret(this.box.selectionEnd)];
    this.box.value = this.draft.text;
    this.box.setSelectionRange(start, end);
    for (const edit of foreign) this.undo.others(edit);
    this.onChanged();
  }
}
