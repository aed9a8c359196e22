// The pictures that sharp is asked about. They are made by integer arithmetic
// from their description, so that nothing has to be kept but the result.

import { Random } from './random.mjs';

export const channelsOf = { gray: 1, grayalpha: 2, rgb: 3, rgba: 4 };
export const hasAlpha = (layout) => layout === 'grayalpha' || layout === 'rgba';

// nameOf returns the file's name of a picture.
export function nameOf(p) {
  let name = `${p.kind}-${p.layout}-${p.width}x${p.height}-${p.seed}`;
  if (p.deep) name += '-16bit';
  if (p.orientation) name += `-orientation${p.orientation}`;
  return name + '.png';
}

// make returns the picture's samples, interleaved, of 8 or 16 bits. A
// description is
//
//	kind         photo, gradient, edges, noise, frame
//	layout       gray, grayalpha, rgb, rgba
//	width, height
//	seed
//	deep         16 bits
//	orientation  of EXIF, 1 to 8
export function make(p) {
  const channels = channelsOf[p.layout];
  const colors = hasAlpha(p.layout) ? channels - 1 : channels;
  const rng = new Random(p.seed * 7919 + p.width * 131 + p.height);
  const color = kinds[p.kind](p, colors, rng);
  const alpha = p.kind === 'frame' ? frameAlpha : rng.one(smoothAlpha, holes);
  const alphas = colors < channels ? alpha(p, rng) : null;
  const data = p.deep ? new Uint16Array(p.width * p.height * channels) : new Uint8Array(p.width * p.height * channels);
  for (let i = 0; i < p.width * p.height; i++) {
    for (let c = 0; c < channels; c++) {
      const v = c < colors ? color[c][i] : alphas[i];
      data[i * channels + c] = p.deep ? v * 256 + rng.int(0, 255) : v;
    }
  }
  return { ...p, name: nameOf(p), channels, data };
}

const clip = (v) => Math.min(Math.max(v, 0), 255);

const plane = (p, at) => {
  const m = new Uint8Array(p.width * p.height);
  for (let y = 0, i = 0; y < p.height; y++) {
    for (let x = 0; x < p.width; x++) m[i++] = clip(at(x, y));
  }
  return m;
};

// lattice returns a smooth function of x and y: random values on a grid of
// 2^bits pixels, bilinear between, from -amplitude to amplitude.
function lattice(p, rng, bits, amplitude) {
  const cell = 1 << bits;
  const stride = (p.width >> bits) + 2;
  const values = Array.from({ length: stride * ((p.height >> bits) + 2) }, () => rng.int(-amplitude, amplitude));
  return (x, y) => {
    const i = (y >> bits) * stride + (x >> bits);
    const u = x & (cell - 1);
    const v = y & (cell - 1);
    const top = values[i] * (cell - u) + values[i + 1] * u;
    const bottom = values[i + stride] * (cell - u) + values[i + stride + 1] * u;
    return (top * (cell - v) + bottom * v) >> (2 * bits);
  };
}

const kinds = {
  // photo is noise of several octaves, mostly shared by the colours, as in a
  // photograph of something.
  photo(p, colors, rng) {
    const shared = [lattice(p, rng, 4, 90), lattice(p, rng, 3, 40), lattice(p, rng, 2, 25), lattice(p, rng, 1, 12)];
    const level = rng.int(90, 160);
    return Array.from({ length: colors }, () => {
      const own = [lattice(p, rng, 4, 50), lattice(p, rng, 2, 15)];
      return plane(p, (x, y) => level + rng.int(-4, 4) + [...shared, ...own].reduce((sum, f) => sum + f(x, y), 0));
    });
  },

  gradient(p, colors, rng) {
    return Array.from({ length: colors }, () => {
      const from = rng.int(0, 255);
      const dx = rng.int(-255, 255);
      const dy = rng.int(-255, 255);
      return plane(p, (x, y) => from + Math.trunc((dx * x) / p.width) + Math.trunc((dy * y) / p.height));
    });
  },

  // edges is of rectangles, saturated most of them.
  edges(p, colors, rng) {
    const boxes = rectangles(p, rng, 14, () => Array.from({ length: colors }, () => rng.one(0, 0, 255, 255, rng.int(0, 255))));
    return Array.from({ length: colors }, (_, c) => plane(p, (x, y) => at(boxes, x, y)[c]));
  },

  // noise has nothing to do with its neighbours.
  noise(p, colors, rng) {
    return Array.from({ length: colors }, () => plane(p, () => rng.int(0, 255)));
  },

  // frame is content in a border of nearly one colour, with a few specks.
  frame(p, colors, rng) {
    const photo = kinds.photo(p, colors, rng);
    const border = Array.from({ length: colors }, () => rng.one(0, 255, rng.int(10, 245)));
    const unrest = rng.one(0, 0, 3, 8);
    const specks = new Set(Array.from({ length: rng.int(0, 4) }, () => rng.int(1, p.width * p.height - 1)));
    const box = inner(p);
    return photo.map((content, c) =>
      plane(p, (x, y) => {
        const i = y * p.width + x;
        if (inside(box, x, y)) return content[i];
        if (specks.has(i)) return 255 - border[c];
        return border[c] + rng.int(-unrest, unrest);
      }),
    );
  },
};

function rectangles(p, rng, n, value) {
  const boxes = [{ left: 0, top: 0, right: p.width, bottom: p.height, value: value() }];
  for (let i = 0; i < n; i++) {
    const left = rng.int(0, p.width - 1);
    const top = rng.int(0, p.height - 1);
    boxes.push({ left, top, right: rng.int(left + 1, p.width), bottom: rng.int(top + 1, p.height), value: value() });
  }
  return boxes;
}

const inside = (b, x, y) => x >= b.left && x < b.right && y >= b.top && y < b.bottom;
const at = (boxes, x, y) => boxes.findLast((b) => inside(b, x, y)).value;

// inner is the part of a frame picture that holds content; it may be empty.
function inner(p) {
  const rng = new Random(p.seed);
  const left = rng.int(0, p.width >> 1);
  const top = rng.int(0, p.height >> 1);
  if (rng.chance(12)) return { left, top, right: left, bottom: top };
  return { left, top, right: rng.int(left, p.width), bottom: rng.int(top, p.height) };
}

function smoothAlpha(p, rng) {
  const waves = [lattice(p, rng, 3, 300), lattice(p, rng, 2, 90)];
  return plane(p, (x, y) => 128 + waves[0](x, y) + waves[1](x, y));
}

// holes are pixels that are fully transparent, and have colours all the same.
function holes(p, rng) {
  const boxes = rectangles(p, rng, 9, () => rng.one(0, 255, 255, rng.int(1, 254)));
  return plane(p, (x, y) => at(boxes, x, y));
}

function frameAlpha(p, rng) {
  const border = rng.one(0, 0, 255, rng.int(1, 254));
  const box = inner(p);
  return plane(p, (x, y) => (inside(box, x, y) ? rng.int(border === 255 ? 0 : 120, 255) : border));
}
