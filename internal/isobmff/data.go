package isobmff

import (
	"cmp"
	"fmt"
	"io"
	"slices"
)

func fmtUnsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrUnsupported, fmt.Errorf(format, args...))
}

func fmtLimit(format string, args ...any) error {
	return fmt.Errorf("%w: %w", ErrLimit, fmt.Errorf(format, args...))
}

// Data returns the bytes of an item; file is all of the file. It is a part of
// file where the item lies in one piece.
func (f *File) Data(item *Item, file []byte) ([]byte, error) {
	from := file
	switch item.method {
	case 0:
	case 1:
		from = f.idat
	default:
		return nil, fmtUnsupported("item %d lies in another item or file", item.ID)
	}
	if len(item.extents) == 0 {
		return nil, malformed("item %d lies nowhere", item.ID)
	}
	var all []byte
	total := uint64(0)
	for _, e := range item.extents {
		if e.offset > uint64(len(from)) {
			return nil, malformed("item %d lies at %d of %d bytes", item.ID, e.offset, len(from))
		}
		rest := from[e.offset:]
		if e.size == 0 { // to the end
			e.size = uint64(len(rest))
		}
		if e.size > uint64(len(rest)) {
			return nil, malformed("item %d: %d bytes at %d of %d: %w", item.ID, e.size, e.offset, len(from), io.ErrUnexpectedEOF)
		}
		// Pieces that overlap make much of little.
		if total += e.size; total > uint64(len(from)) {
			return nil, malformed("item %d is larger than the file", item.ID)
		}
		if len(item.extents) == 1 {
			return rest[:e.size:e.size], nil
		}
		all = append(all, rest[:e.size]...)
	}
	return all, nil
}

// A Wanted is an item's data that [File.Fetch] is to read.
type Wanted struct {
	Item *Item
	// Max is how many bytes it may have; a larger one is left out.
	Max int64
	// Data is what was found.
	Data []byte
}

// Fetch reads items that lie behind what [Read] has read of r, which stands at
// f.Size, and reads no more of r than up to the last of them. Items that lie
// before, in other files, or that are cut short, are left out; errors are
// those of r.
func (f *File) Fetch(r io.Reader, items ...*Wanted) error {
	type piece struct {
		extent
		to    *Wanted
		index int
		data  []byte
	}
	var pieces []*piece
	for _, w := range items {
		if w.Item.method == 1 {
			if b, err := f.Data(w.Item, nil); err == nil && int64(len(b)) <= w.Max {
				w.Data = b
			}
			continue
		}
		total, all := uint64(0), []*piece{}
		for k, e := range w.Item.extents {
			if e.size == 0 || e.size > uint64(w.Max) || e.offset < uint64(f.Size) {
				total = uint64(w.Max) + 1
				break
			}
			total += e.size
			all = append(all, &piece{extent: e, to: w, index: k})
		}
		if w.Item.method == 0 && total <= uint64(w.Max) {
			pieces = append(pieces, all...)
		}
	}
	slices.SortStableFunc(pieces, func(a, b *piece) int { return cmp.Compare(a.offset, b.offset) })
	at := f.Size
	for i, p := range pieces {
		if int64(p.offset) < at {
			continue // overlaps: not worth the trouble
		}
		if _, err := io.CopyN(io.Discard, r, int64(p.offset)-at); err == io.EOF {
			break
		} else if err != nil {
			return err
		}
		b, err := io.ReadAll(io.LimitReader(r, int64(p.size)))
		if err != nil {
			return err
		}
		at = int64(p.offset) + int64(len(b))
		if uint64(len(b)) == p.size {
			pieces[i].data = b
		}
	}
	for _, w := range items {
		whole := true
		parts := make([][]byte, len(w.Item.extents))
		for _, p := range pieces {
			if p.to == w {
				parts[p.index] = p.data
			}
		}
		for _, b := range parts {
			whole = whole && b != nil
		}
		if whole && len(parts) > 0 {
			w.Data = slices.Concat(parts...)
		}
	}
	return nil
}
