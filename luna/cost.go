package luna

import "fmt"

// overhead is what a transform takes beside samples: tables, the codecs' own
// state, small buffers.
const overhead = 64 << 10

// cost adds up the most that everything holds at once. The original counts in
// full, since decoders may keep it, and so does the result, as if it were not
// compressed at all.
func (p *planner) cost() error {
	p.Bytes = overhead + p.size +
		p.opts.Metadata.metadataBytes(p.Source) +
		p.work()
	if most := p.opts.MaxRequestBytes; p.Bytes > most {
		return fmt.Errorf("the transform takes %s of memory, which is more than %s: %w", byteCount(p.Bytes), byteCount(most), ErrLimit)
	}
	return nil
}
