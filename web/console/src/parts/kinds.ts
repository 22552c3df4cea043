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

/** A code that is not known here still says something. */
export function inWords(table: Record<string, string>, code: string | null): string {
  if (!code) return 'not said';
  return table[code] ?? code.replaceAll('_', ' ');
}
