// Undo for one text box: what this writer typed, newest first, and only that. Phones have no Ctrl+Z, and a
// browser's own undo forgets everything when a colleague's words arrive.
import type { Splice } from './letters';

/** Keys that follow each other within this time are undone together. */
const TOGETHER_MS = 1_500;
const MOST_STEPS = 200;

/** What was done, in UTF-16 units, as it stood after it. */
interface Step { at: number; removed: string; inserted: string; last_ms: number }

export class Undo {
  private steps: Step[] = [];

  get possible(): boolean {
    return this.steps.length > 0;
  }

  /** Notes an edit of the writer's own. */
  typed(before: string, edit: Splice, now_ms: number): void {
    const removed = before.slice(edit.at, edit.at + edit.delete);
    const last = this.steps.at(-1);
    if (last && now_ms - last.last_ms < TOGETHER_MS) {
      last.last_ms = now_ms;
      const end = last.at + last.inserted.length;
      if (removed === '' && edit.at === end && !edit.insert.includes('\n')) {
        last.inserted += edit.insert;
        return;
      }
      if (edit.insert === '' && last.inserted === '' && edit.at + removed.length === last.at) {
        last.at = edit.at;
        last.removed = removed + last.removed;
        return;
      }
    }
    this.steps.push({ at: edit.at, removed, inserted: edit.insert, last_ms: now_ms });
    if (this.steps.length > MOST_STEPS) this.steps.shift();
  }

  /** Somebody else's edit: own steps move with the text, and those that it went into can be undone no more. */
  others(edit: Splice): void {
    let { at, delete: removed } = edit;
    const added = edit.insert.length;
    for (let i = this.steps.length - 1; i >= 0; i--) {
      const step = this.steps[i]!;
      const end = step.at + step.inserted.length;
      if (at >= end && at + removed >= end) {
        // Behind this step; before it was made, the place was elsewhere.
        at += step.removed.length - step.inserted.length;
      } else if (at + removed <= step.at) {
        step.at += added - removed;
      } else {
        this.steps.splice(0, i + 1);
        return;
      }
    }
  }

  /** Takes the newest step back; the text as it then is, and where the caret belongs. */
  back(text: string): { text: string; caret: number } | null {
    const step = this.steps.pop();
    if (!step) return null;
    const end = step.at + step.inserted.length;
    if (text.slice(step.at, end) !== step.inserted) {
      this.steps = [];
      return null;
    }
    return {
      text: text.slice(0, step.at) + step.removed + text.slice(end),
      caret: step.at + step.removed.length,
    };
  }
}
