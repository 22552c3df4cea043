// The files of a note: what each is, where its bytes are, and a look at it when one asks. A photograph is fetched
// only then; a colleague's may still be on the colleague's phone.
import { useEffect, useState } from 'preact/hooks';
import { core } from '../core/app';
import type { Entry, Note } from '../core/calls';
import { refusalWords } from '../words/waiting';
import { t } from '../words/words';
import { sentence } from './notice';

/** `forPerson`: for the person's copy, which is no place to say where bytes are. */
export function Files({ note, forPerson }: { note: Note; forPerson?: boolean }) {
  if (note.attachments.length === 0) return null;
  return <ul class="files">{note.attachments.map((file) => <File key={file.id} note={note.id} file={file} forPerson={forPerson ?? false} />)}</ul>;
}

function File({ note, file, forPerson }: { note: string; file: Entry; forPerson: boolean }) {
  const [address, setAddress] = useState<string | null>(null);
  const [wrong, setWrong] = useState<string | null>(null);
  useEffect(() => () => { if (address) URL.revokeObjectURL(address); }, [address]);
  const type = String(file.media_type ?? '');
  const look = async () => {
    try {
      const got = await core.call('attachment', { note, sha256: file.id });
      if ('bytes' in got) setAddress(URL.createObjectURL(new Blob([got.bytes], { type })));
      else setWrong('offline' in got ? t('file-offline') : refusalWords(got.refused));
    } catch (error) {
      setWrong(error instanceof Error ? sentence(error.message) : String(error));
    }
  };
  const name = String(file.caption ?? '') || t(`file-${fileKind(type)}`);
  return (
    <li class="file">
      <p><strong>{name}</strong>{!forPerson && `, ${size(Number(file.bytes ?? 0))}`}</p>
      {!forPerson && <Where file={file} />}
      {wrong && <p class="govuk-error-message" role="alert">{wrong}</p>}
      {address
        ? <Shown address={address} type={type} name={name} />
        : <button type="button" class="plain" onClick={() => void look()}>{t('file-look')}<span class="govuk-visually-hidden"> {name}</span></button>}
    </li>
  );
}

function Where({ file }: { file: Entry }) {
  return (
    <p class="row__line">
      {t(`file-where-${String(file.where ?? 'on_server')}`)}
      {typeof file.reason === 'string' && ` ${sentence(file.reason)}`}
      {file.private && ` ${t(`private-${file.private}`)}`}
    </p>
  );
}

function Shown({ address, type, name }: { address: string; type: string; name: string }) {
  if (type.startsWith('image/')) return <img class="file__picture" src={address} alt={name} />;
  if (type.startsWith('audio/')) return <audio controls src={address} aria-label={name} />;
  return <a class="govuk-link tall" href={address} target="_blank" rel="noopener">{t('file-open', { name })}</a>;
}

export function fileKind(type: string): string {
  if (type.startsWith('image/')) return 'photo';
  return type.startsWith('audio/') ? 'recording' : 'document';
}

/** `340 kB`, `2.1 MB`, `2.4 GB`. */
export function size(bytes: number): string {
  if (bytes >= 1_000_000_000) return t('size-gb', { n: Math.round(bytes / 100_000_000) / 10 });
  return bytes < 1_000_000 ? t('size-kb', { n: Math.max(1, Math.round(bytes / 1000)) }) : t('size-mb', { n: Math.round(bytes / 100_000) / 10 });
}
