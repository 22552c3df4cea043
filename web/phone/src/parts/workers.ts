// Names of colleagues by their ids, as far as this phone knows them.
import { useAsked } from '../core/app';

export function useWorkers(): Record<string, string> {
  return useAsked('workers', {}, () => false).value ?? {};
}
