// Passkeys as browsers speak of them: the server's questions and the browser's answers are both in WebAuthn's own JSON.
export async function make(options: object): Promise<Record<string, never>> {
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options as PublicKeyCredentialCreationOptionsJSON);
  return jsonOf(await navigator.credentials.create({ publicKey }));
}

export async function show(options: object): Promise<Record<string, never>> {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(options as PublicKeyCredentialRequestOptionsJSON);
  return jsonOf(await navigator.credentials.get({ publicKey }));
}

function jsonOf(credential: Credential | null): Record<string, never> {
  if (!(credential instanceof PublicKeyCredential)) throw new Error('no passkey was given');
  return credential.toJSON() as unknown as Record<string, never>;
}

/** What this browser is, as its owner would say: the name of a new passkey. */
export function thisMachine(agent = navigator.userAgent): string {
  return `On ${systemOf(agent) ?? 'this machine'}`;
}

function systemOf(agent: string): string | undefined {
  const system = /Windows|Macintosh|Android|iPhone|iPad|CrOS|Linux/.exec(agent)?.[0];
  const names: Record<string, string> = { Macintosh: 'Mac', CrOS: 'Chromebook' };
  return system && (names[system] ?? system);
}

/** What a browser says of itself, as a person calls it. One that is not known is shown as it says it. */
export function browserOf(agent: string): string {
  // Each names the ones before it, so the order counts.
  const known: [RegExp, string][] = [[/Edg(e|A|iOS)?\//, 'Edge'], [/OPR\//, 'Opera'], [/Firefox\/|FxiOS\//, 'Firefox'], [/Chrom(e|ium)\/|CriOS\//, 'Chrome'], [/Safari\//, 'Safari']];
  const browser = known.find(([pattern]) => pattern.test(agent))?.[1];
  const system = systemOf(agent);
  return browser && system ? `${browser} on ${system}` : agent;
}
