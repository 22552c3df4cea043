// Codes in plain words.
export const VISITS: Record<string, string> = {
  home_visit: 'Home visit', phone_call: 'Phone call', video_call: 'Video call', hub_appointment: 'Hub appointment',
  office_visit: 'Office visit', hospital_visit: 'Hospital visit', no_reply: 'No reply', conversation: 'Conversation',
};

export const STATES: Record<string, { words: string; look: '' | 'good' | 'care' | 'bad' }> = {
  open: { words: 'Not finished', look: '' },
  waiting: { words: 'Waiting for the case system', look: 'care' },
  imported: { words: 'In the case system', look: 'good' },
  duplicate: { words: 'In the case system already', look: 'good' },
  deferred: { words: 'Put off by the case system', look: 'care' },
  refused: { words: 'Refused by the case system', look: 'bad' },
  withdrawn: { words: 'Withdrawn', look: '' },
};

export const ISSUES: Record<string, string> = {
  held: 'Held back', conflict: 'Two different values', unmatched_person: 'Person not known yet', possible_duplicate: 'Maybe one visit twice',
  stale_device: 'Phone with notes not seen', overdue_draft: 'Note not finished', wrong_clock: 'Phone with a wrong clock',
  forked_device: 'Two phones from one backup', missing_attachment: 'File has not come', export_refused: 'Refused by the case system',
  export_silent: 'No word from the case system',
};

/** What was decided, as it is told afterwards. */
export const DECISIONS: Record<string, string> = {
  accept: 'let in as it is', accept_for: 'let in for another person', addendum: 'let in as an addendum', return: 'returned to the worker',
  set_aside: 'set aside', take: 'one value taken', take_both: 'both values taken', match: 'matched with a person', keep_both: 'both notes kept',
  join: 'joined as one note', withdraw: 'one note withdrawn', send_again: 'sent again', close: 'closed by hand', ask: 'the author was asked',
  ask_again: 'asked again', ask_case_id: 'a case id was asked for', nudge: 'the worker was nudged', reopen: 'opened again', resolved: 'over by itself',
};

/** A code that is not known here still says something. */
export function inWords(table: Record<string, string>, code: string | null): string {
  if (!code) return 'not said';
  return table[code] ?? code.replaceAll('_', ' ');
}
