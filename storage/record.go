package storage

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"unicode/utf8"
)

// A derived image is one object, so that it is replaced in one step and read by
// one request, and so that its header does not depend on what metadata a store
// can keep. All numbers are big-endian.
//
//	 8 bytes  magic
//	 4        length of the header
//	 8        length of the body
//	 4        CRC-32C of the body
//	32        SHA-256 over the name of the object and the header, each behind
//	          its length as 8 bytes, the length of the body and its CRC-32C
//	          the header: a JSON object of strings
//	          the body
//
// The checksum of the body is one that costs next to nothing (RFC 3720, Go uses
// the processor's instruction for it): it is to find what a disk or a crash did.
const (
	recordMagic = "immagin\x01"
	recordFixed = len(recordMagic) + 4 + 8 + crc32.Size + sha256.Size
	maxHeader   = 64 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// A record is what stands before the body.
type record struct {
	header map[string]string
	size   int64 // of the body
	sum    uint32
}

// recordHead returns all of a record but the body.
func recordHead(name string, header map[string]string, body []byte) ([]byte, error) {
	for name, value := range header {
		if !utf8.ValidString(name) || !utf8.ValidString(value) {
			return nil, keyError("header", name+": "+value, "must be valid UTF-8")
		}
	}
	text, err := json.Marshal(header)
	if err != nil {
		return nil, err
	}
	if len(text) > maxHeader {
		return nil, keyError("header", fmt.Sprintf("of %d bytes", len(text)), fmt.Sprintf("must take at most %d as JSON", maxHeader))
	}
	sum := crc32.Checksum(body, castagnoli)
	b := make([]byte, 0, recordFixed+len(text))
	b = append(b, recordMagic...)
	b = binary.BigEndian.AppendUint32(b, uint32(len(text)))
	b = binary.BigEndian.AppendUint64(b, uint64(len(body)))
	b = binary.BigEndian.AppendUint32(b, sum)
	headSum := sumHead(name, text, int64(len(body)), sum)
	b = append(b, headSum[:]...)
	return append(b, text...), nil
}

func sumHead(name string, text []byte, size int64, sum uint32) [sha256.Size]byte {
	b := make([]byte, 0, len(name)+len(text)+3*8+crc32.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(len(name)))
	b = append(b, name...)
	b = binary.BigEndian.AppendUint64(b, uint64(len(text)))
	b = append(b, text...)
	b = binary.BigEndian.AppendUint64(b, uint64(size))
	b = binary.BigEndian.AppendUint32(b, sum)
	return sha256.Sum256(b)
}

// readRecord reads and verifies what stands before the body, in an object of
// the given length and name. What is not right is [ErrDamaged]; other errors
// are r's.
func readRecord(r io.Reader, length int64, name string) (*record, error) {
	if length < int64(recordFixed) {
		return nil, damaged("it has %d bytes", length)
	}
	var fixed [recordFixed]byte
	if err := readFull(r, fixed[:]); err != nil {
		return nil, err
	}
	rest, ok := bytes.CutPrefix(fixed[:], []byte(recordMagic))
	if !ok {
		return nil, damaged("it is no record")
	}
	textLength := int64(binary.BigEndian.Uint32(rest))
	rec := &record{size: int64(binary.BigEndian.Uint64(rest[4:])), sum: binary.BigEndian.Uint32(rest[12:])}
	headSum := [sha256.Size]byte(rest[16:])
	if textLength > maxHeader || rec.size < 0 || rec.size != length-int64(recordFixed)-textLength {
		return nil, damaged("it has %d bytes, of which %d in the header and %d in the body", length, textLength, rec.size)
	}
	text := make([]byte, textLength)
	if err := readFull(r, text); err != nil {
		return nil, err
	}
	if sumHead(name, text, rec.size, rec.sum) != headSum {
		return nil, damaged("the header's checksum is wrong")
	}
	if err := json.Unmarshal(text, &rec.header); err != nil {
		return nil, damaged("the header: %v", err)
	}
	return rec, nil
}

// readBody reads and verifies a body that fits into memory.
func (rec *record) readBody(r io.Reader) ([]byte, error) {
	body := make([]byte, rec.size)
	if err := readFull(r, body); err != nil {
		return nil, err
	}
	if crc32.Checksum(body, castagnoli) != rec.sum {
		return nil, damaged("the body's checksum is wrong")
	}
	return body, nil
}

// readFull is io.ReadFull of an object that must not end before b is full.
func readFull(r io.Reader, b []byte) error {
	_, err := io.ReadFull(r, b)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return damaged("it ends early")
	}
	return err
}

func damaged(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrDamaged}, args...)...)
}
