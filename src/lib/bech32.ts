const CHARSET = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const GENERATOR = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Whether a text in small letters is whole Bech32 (BIP 173): a mistyped or cut-off letter breaks its checksum. */
export function isBech32(text: string): boolean {
  const split = text.lastIndexOf('1');
  const digits = [...text.slice(split + 1)].map((letter) => CHARSET.indexOf(letter));
  if (split < 1 || digits.length < 6 || digits.includes(-1)) return false;
  const prefix = [...text.slice(0, split)].map((letter) => letter.charCodeAt(0));
  return checksum([...prefix.map((code) => code >> 5), 0, ...prefix.map((code) => code & 31), ...digits]) === 1;
}

function checksum(values: readonly number[]): number {
  let sum = 1;
  for (const value of values) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    GENERATOR.forEach((generator, bit) => {
      if ((top >> bit) & 1) sum ^= generator;
    });
  }
  return sum >>> 0;
}
