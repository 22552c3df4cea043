// All that the app says comes from one catalogue (Project Fluent), so that a Welsh speaker can write a second one
// beside it without touching a screen.
import { FluentBundle, FluentResource, type FluentVariable } from '@fluent/bundle';
import english from './en.ftl?raw';

export const LANGUAGE = 'en-GB';

const bundle = new FluentBundle(LANGUAGE, { useIsolating: false });
bundle.addResource(new FluentResource(english));

/** A text of the catalogue. A name that it does not have is shown as it is, and fails the tests. */
export function t(name: string, values?: Record<string, FluentVariable>): string {
  const message = bundle.getMessage(name);
  return message?.value ? bundle.formatPattern(message.value, values ?? null) : name;
}

/** Whether the catalogue has it: for codes that a newer server may send. */
export function has(name: string): boolean {
  return bundle.hasMessage(name);
}
