// Why a file cannot be read, in words instead of the system's codes.

/** Codes of errors of the file system, and their messages. */
const sentences: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'a part of its path is not a folder',
  EISDIR: 'it is a folder',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'its name is too long',
  ERR_INVALID_ARG_VALUE: 'its name contains a NUL',
  ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not UTF-8',
};

/** A sentence about an error of reading a file, without the file's name; the error's own words where there is none. */
export function fileProblem(error: unknown): string {
  const code = (error as Partial<NodeJS.ErrnoException> | undefined)?.code ?? '';
  if (Object.hasOwn(sentences, code)) return sentences[code] as string;
  return error instanceof Error ? error.message : String(error);
}
