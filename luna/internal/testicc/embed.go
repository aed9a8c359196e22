package testicc

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
)

// PNG returns file with profile in it.
func PNG(file, profile []byte) []byte {
	var z bytes.Buffer
	z.WriteString("test\x00\x00")
	w := zlib.NewWriter(&z)
	w.Write(profile)
	w.Close()
	chunk := binary.BigEndian.AppendUint32(nil, uint32(z.Len()))
	chunk = append(append(chunk, "iCCP"...), z.Bytes()...)
	chunk = binary.BigEndian.AppendUint32(chunk, crc32.ChecksumIEEE(chunk[4:]))
	const header = 8 + 25 // signature and IHDR
	return append(append(bytes.Clone(file[:header]), chunk...), file[header:]...)
}

// JPEG returns file with profile in it.
func JPEG(file, profile []byte) []byte {
	const most = 65000
	out := bytes.Clone(file[:2])
	count := (len(profile) + most - 1) / most
	for i := range count {
		part := profile[i*most : min((i+1)*most, len(profile))]
		out = append(out, 0xff, 0xe2)
		out = binary.BigEndian.AppendUint16(out, uint16(2+14+len(part)))
		out = append(append(out, "ICC_PROFILE\x00"...), byte(i+1), byte(count))
		out = append(out, part...)
	}
	return append(out, file[2:]...)
}
