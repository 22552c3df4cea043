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
  const system = /Windows|Macintosh|Android|iPhone|iPad|CrOS|Linux/.exec(agent)?.[0] ?? 'this machine';
  const names: Record<string, string> = { Macintosh: 'Mac', CrOS: 'Chromebook' };
  return `On ${names[system] ?? system}`;
}
