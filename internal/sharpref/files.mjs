// PNG and zip files whose bytes depend on nothing but their content.

import zlib from 'node:zlib';

const table = Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});

function crc32(bytes) {
  let c = 0xffffffff;
  for (const b of bytes) c = table[(c ^ b) & 255] ^ (c >>> 8);
  return ~c >>> 0;
}

// png encodes samples of 8 or 16 bits. Orientation 1 to 8 adds an eXIf chunk.
export function png({ width, height, channels, data, orientation }) {
  const deep = data instanceof Uint16Array;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = deep ? 16 : 8;
  header[9] = [0, 4, 2, 6][channels - 1];
  const chunks = [chunk('IHDR', header)];
  if (orientation) chunks.push(chunk('eXIf', exif(orientation)));
  const raw = filter(deep ? bigEndian(data) : data, height, channels * (deep ? 2 : 1));
  // Neither strategy searches for matches, so that no machine finds others.
  const options = { level: 9, memLevel: 9, strategy: zlib.constants.Z_RLE };
  chunks.push(chunk('IDAT', zlib.deflateSync(raw, options)), chunk('IEND', Buffer.alloc(0)));
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks]);
}

function chunk(type, content) {
  const b = Buffer.alloc(content.length + 12);
  b.writeUInt32BE(content.length, 0);
  b.write(type, 4, 'latin1');
  b.set(content, 8);
  b.writeUInt32BE(crc32(b.subarray(4, 8 + content.length)), 8 + content.length);
  return b;
}

// exif is a TIFF of one entry: tag 274, a short.
function exif(orientation) {
  const b = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  b.writeUInt16BE(orientation, 18);
  return b;
}

function bigEndian(samples) {
  const b = Buffer.alloc(samples.length * 2);
  samples.forEach((v, i) => b.writeUInt16BE(v, 2 * i));
  return b;
}

// filter chooses for each row the filter with the least sum of differences.
function filter(bytes, height, bpp) {
  const stride = bytes.length / height;
  const out = Buffer.alloc(height * (stride + 1));
  let above = new Uint8Array(stride);
  for (let y = 0; y < height; y++) {
    const row = bytes.subarray(y * stride, (y + 1) * stride);
    let best;
    for (let type = 0; type < 5; type++) {
      const line = Buffer.alloc(stride + 1);
      line[0] = type;
      let sum = 0;
      for (let i = 0; i < stride; i++) {
        const a = i < bpp ? 0 : row[i - bpp];
        const c = i < bpp ? 0 : above[i - bpp];
        const v = (row[i] - predict[type](a, above[i], c)) & 255;
        line[i + 1] = v;
        sum += v < 128 ? v : 256 - v;
      }
      if (!best || sum < best.sum) best = { line, sum };
    }
    out.set(best.line, y * (stride + 1));
    above = row;
  }
  return out;
}

const predict = [
  () => 0,
  (a) => a,
  (a, b) => b,
  (a, b) => (a + b) >> 1,
  (a, b, c) => {
    const pa = Math.abs(b - c);
    const pb = Math.abs(a - c);
    const pc = Math.abs(a + b - 2 * c);
    return pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
  },
];

// zip packs files, a map of names to bytes, without compression and without
// times.
export function zip(files) {
  const parts = [];
  const directory = [];
  let offset = 0;
  for (const [name, bytes] of files) {
    const common = Buffer.alloc(26);
    common.writeUInt16LE(10, 0); // version to extract
    common.writeUInt16LE(0x21, 8); // 1 January 1980
    common.writeUInt32LE(crc32(bytes), 10);
    common.writeUInt32LE(bytes.length, 14);
    common.writeUInt32LE(bytes.length, 18);
    common.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), common, Buffer.from(name, 'latin1'), bytes);
    const where = Buffer.alloc(14);
    where.writeUInt32LE(offset, 10);
    directory.push(Buffer.from('PK\x01\x02\x0a\x00', 'latin1'), common, where, Buffer.from(name, 'latin1'));
    offset += 30 + name.length + bytes.length;
  }
  const entries = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.size, 4);
  end.writeUInt16LE(files.size, 6);
  end.writeUInt32LE(entries.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, entries, Buffer.from('PK\x05\x06', 'latin1'), end]);
}
