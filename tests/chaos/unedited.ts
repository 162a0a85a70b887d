/** How a command writes its two lines: so that a death between them is seen. */
export const commandText = (name: string): string =>
  `echo "${name} begins" >> effects; sleep 0.2; echo ${name} >> effects; sleep 0.2`;

/** A command that somebody must give another text before it is run, and that text. */
export const UNEDITED = 'echo unedited >> effects';
export const EDITED = commandText('verify');
