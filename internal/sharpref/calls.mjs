// How each edit is said in sharp's words: one call on raw pixels.

import { channelsOf, make } from './pictures.mjs';
import { png } from './files.mjs';

// raw returns the input of sharp that a picture is.
export function raw(sharp, picture) {
  const { data, width, height, channels, orientation } = picture;
  if (orientation) return sharp(png(picture)); // raw pixels have none
  return sharp(data, { raw: { width, height, channels } });
}

const positions = {
  'top-left': 'left top',
  'top-right': 'right top',
  'bottom-left': 'left bottom',
  'bottom-right': 'right bottom',
  center: 'centre',
};

// calls are functions of the input, the edit's value, the input picture and
// the layer, if the case has one.
export const calls = {
  resize: (s, e) =>
    s.resize({
      width: e.width,
      height: e.height,
      fit: e.fit,
      position: positions[e.position] ?? e.position,
      background: e.background,
      withoutEnlargement: !e.upscale,
      withoutReduction: e.downscale === false,
    }),
  rotate: (s, e) => s.rotate(e.angle, { background: e.background }),
  flip: (s) => s.flip(),
  flop: (s) => s.flop(),
  autoOrient: (s, e) => (e ? s.autoOrient() : s),
  crop: (s, e) => s.extract(e),
  extend: (s, e) => s.extend(e),
  trim: (s, e) => s.trim(e),
  blur: (s, e) => s.blur(e),
  sharpen: (s, e) => s.sharpen({ sigma: e }),
  grayscale: (s) => s.greyscale(),
  modulate: (s, e) => s.modulate(e),
  tint: (s, e) => s.tint(e),
  invert: (s) => s.negate({ alpha: false }),
  normalize: (s, e) => s.normalise(e),
  flatten: (s, e) => s.flatten({ background: e.background ?? '#000000' }),
  image: (s, e, picture, layer) => s.composite([{ ...e.tile ? { tile: true, gravity: 'northwest' } : place(e, picture, layer), input: fade(layer, e.opacity ?? 1), raw: rawOf(layer), blend: e.blend ?? 'over' }]),
};

// place is where a layer lies: padding away from the edges, and rounded up to
// the right and down where it is in the middle.
function place(e, picture, layer) {
  const side = (room, low, high) => {
    if (low) return e.padding;
    if (high) return room - e.padding;
    return room >> 1;
  };
  const at = e.position;
  return {
    left: side(picture.width - layer.width, at.includes('left'), at.includes('right')),
    top: side(picture.height - layer.height, at.includes('top'), at.includes('bottom')),
  };
}

const rawOf = ({ width, height, layout }) => ({ width, height, channels: channelsOf[layout] });

// fade multiplies the layer's alpha by opacity, for which sharp has no option.
function fade({ data, channels }, opacity) {
  return data.map((v, i) => (i % channels === channels - 1 && channels % 2 === 0 ? Math.round(v * opacity) : v));
}

export const run = async (sharp, picture, edit, layer) => {
  const [name] = Object.keys(edit);
  let s = calls[name](raw(sharp, picture), edit[name], picture, layer && make(layer));
  if (picture.out16) {
    // Of its own accord sharp ends with 8 bits.
    const space = picture.layout.startsWith('gray') ? 'grey16' : 'rgb16';
    const { data, info } = await s.toColourspace(space).raw({ depth: 'ushort' }).toBuffer({ resolveWithObject: true });
    return { data: new Uint16Array(data.buffer, data.byteOffset, data.length / 2), info };
  }
  // As raw pixels, sharp writes no alpha of what it has made gray.
  if (name === 'grayscale') s = sharp(await s.png().toBuffer());
  return s.raw().toBuffer({ resolveWithObject: true });
};
