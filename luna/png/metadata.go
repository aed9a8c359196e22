package png

import (
	"bytes"
	"encoding/binary"
	"io"
	"math"

	"github.com/klauspost/compress/zlib"

	"github.com/immagin/immagin-go/internal/exif"
	"github.com/immagin/immagin-go/luna/codec"
)

// xmpKeyword begins an iTXt chunk that holds an XMP packet (XMP specification
// part 3, 1.1.5).
const xmpKeyword = "XML:com.adobe.xmp\x00"

// exif reads an eXIf chunk, the first that is sound.
func (h *header) exif(data []byte) {
	d, err := exif.Parse(data)
	if err != nil || h.metadata.EXIF != nil {
		return
	}
	h.metadata.EXIF = bytes.TrimPrefix(data, []byte("Exif\x00\x00"))
	h.orientation = d.Orientation
	if d.Density > 0 { // libvips prefers it to pHYs
		h.density, h.dense = d.Density, true
	}
}

// itxt finds XMP in an iTXt chunk: keyword, compression flag and method,
// language, translated keyword, text (PNG 3rd edition, 11.3.3.4).
func (h *header) itxt(data []byte) {
	rest, ok := bytes.CutPrefix(data, []byte(xmpKeyword))
	if !ok || len(rest) < 2 || h.metadata.XMP != nil {
		return
	}
	packed := rest[0] == 1
	if rest[0] > 1 || rest[1] != 0 {
		return
	}
	_, rest, _ = bytes.Cut(rest[2:], []byte{0})
	_, text, ok := bytes.Cut(rest, []byte{0})
	if !ok {
		return
	}
	if packed {
		z, err := zlib.NewReader(bytes.NewReader(text))
		if err != nil {
			return
		}
		text, err = io.ReadAll(io.LimitReader(z, maxEXIF+1))
		if err != nil || len(text) > maxEXIF {
			return
		}
	}
	h.metadata.XMP = text
}

// writeMetadata writes the density and what there is of EXIF and XMP. The
// format has no place for IPTC.
func writeMetadata(w io.Writer, opts codec.Options) error {
	if d := math.Round(opts.Density / 0.0254); d >= 1 && d < 1<<31 {
		phys := binary.BigEndian.AppendUint32(nil, uint32(d))
		phys = binary.BigEndian.AppendUint32(phys, uint32(d))
		if err := writeChunk(w, "pHYs", append(phys, 1)); err != nil { // a metre
			return err
		}
	}
	if m := opts.Metadata.EXIF; len(m) > 0 && len(m) <= codec.MaxMetadata {
		if err := writeChunk(w, "eXIf", m); err != nil {
			return err
		}
	}
	if m := opts.Metadata.XMP; len(m) > 0 && len(m) <= codec.MaxMetadata {
		// Not compressed, in no language, and without a translated keyword.
		return writeChunk(w, "iTXt", append([]byte(xmpKeyword+"\x00\x00\x00\x00"), m...))
	}
	return nil
}
