package webp

import (
	"encoding/base64"
	"encoding/binary"
	"testing"

	"github.com/stretchr/testify/require"
)

// Files that libwebp's cwebp 1.2.4 made of the pictures of package scene. The
// tests hold decoded pixels to the checksums of what its dwebp makes of them.
const (
	lossyFile = "" +
		"UklGRsoAAABXRUJQVlA4IL4AAABwBQCdASohABIAPxFwr1AsJiQiqq35gCIJQBhuO4AUj1B9GPTAEqlQ0BhvmHi2lL44x/lAAP1Qjj1TldkeKt" +
		"WZ+g5tNhsO92BUE/zbGEPTC5bH0gU1IK0tYtOTd/gbkHnmLwLKrqOYKTE8amXPdByZIZYCyBjS/KRCQQdS0zWX5f9MnxaG5atcBIzGOyCKr3W5" +
		"CI1GxBKnfW64hb9/9ROBx9a3x0fmfLWdm5uqK0djPJJ2DdAV/8ChbxTHgAAA"
	alphaFile = "" +
		"UklGRggBAABXRUJQVlA4WAoAAAAQAAAAIAAAEQAAQUxQSCEAAAANmS5E9D+gtG0jKN1/3aJ76eFDEROwB4TIfcEAyFoDrwIAVlA4IMAAAACwBQ" +
		"CdASohABIAPxFyr1AsJqQiqq35gCIJQBgyO4ASEoh3tSQ3JlP7og/68Fl/m/x1KgD7egAA/XT6Op6cBHcRM/PbqTQBph0kFNNkZQ3G5sAL3ryn" +
		"GUwExxCgiitUROQljHXBzf3y+HIoJv5d97PRfXRatALABHVQ0AzyVnkDr0ma90iAtk0Jj8Wq2QBX/1NUEYr1hmn5Av4FtVndRJJ5NAwIIEtQr6" +
		"2mO5khH4WHbuqExklYP/M/iCkKP4AAAAA="
	smallFile = "" +
		"UklGRl4AAABXRUJQVlA4IFIAAAAQBACdASoUAAsAP3Ggxli0q6gjsAgCkC4JQAqkcPRJcCAHNCFy+NgMAADychD/3E1tX4R6jdclW3rw29G4VG" +
		"7jD++N3+nGWPESiJo6k3i07gAA"
	losslessFile = "" +
		"UklGRsgCAABXRUJQVlA4TLsCAAAvE4ACAI8GOQDbRJJkx8vYxfZfEX/pGBKpDciNJDlyumrkafE7A84E+v+gF2cCtSZnOd0FOZIkRVJmDc8eox" +
		"r8PP3/fCcC4/B0Vc5/bGsbIMAkAKCgoQlhAjKQmWMPIJGAkQnksgBkapOkKm07K9SCkt2RJmnoudkxRFvl2KN0aiyQ1spCUE0O+Kv8zZEnEbPu" +
		"CSzIXCTKCv8x4c+2mJUfdfocSQ4zx2Pve7z498X/X/ASDnc3ItOs7Wsit0HrznkiStDU14ffv5VFs+21rLBQAWqAtQlJcCjAOYqjgx2bqJTNKD" +
		"pVO7y0qtP0L9dR4szUqMH2hZcYOTlJyTIXYCVTzMSURYWqmWTDNax2gDQAhCACaBkSaNSx0hAFDa3e/gMRNOn3ndrrnkgZEhgZunFAwBCEmjQW" +
		"ItPqVGFxTMni7JQ7LDLdSqAAq7zwanaSfTuwyRswOt5vu6VbdVyc3p5oZDI+3B++vd0q3YN2n3w7k9jhScutq/WWuR3JElLbEIYBCsI0cAMjgg" +
		"gCA0kdPY3CWIIFlgx36p2/Bb6fgpn8fRoEwMgSm1jiEEsAkQdJ5O7vR0Y4RbDEAphYABNLLICJQ6Swv34jV/PNDgcECQAINNm2Ndu2bdu2bdu2" +
		"baPZ3vfSRfQ/Xn4+3z++H1+fpM8SieJB9iWTvB0d34svri6lc/OHJ3dn17fi05vzhZ2Ntb3d1c3Y5KSlle2D9f2txeXyhMramrr6hsb+puaWtJ" +
		"SyquqKuJzc/OzMrNaO3tTuvva2vMKM9ILO4dmunoHi6MGoxNKw0JKIIv/4mEg/O6sh3+mpID2jieDRcXuBOd96BM1ksZ3oDAusA4VIdSTgaGQU" +
		"XleHR8Jo2GrpaxuOcTU5NgbqaqpIS5HLv1Dlz90rQEl50sPT2cwEAYCCIcberj5uIeGBM7+mIJgMDgQA"
)

func sample(t testing.TB, encoded string) []byte {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(encoded)
	require.NoError(t, err)
	return b
}

func rawChunk(kind string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint32([]byte(kind), uint32(len(data)))
	if b = append(b, data...); len(data)%2 != 0 {
		b = append(b, 0)
	}
	return b
}

func riff(chunks ...[]byte) []byte {
	body := []byte("WEBP")
	for _, c := range chunks {
		body = append(body, c...)
	}
	return rawChunk("RIFF", body)
}

// chunkOf returns a whole chunk of a file that has one of that kind.
func chunkOf(t testing.TB, file []byte, kind string) []byte {
	t.Helper()
	for b := file[12:]; len(b) >= 8; {
		n := int(binary.LittleEndian.Uint32(b[4:]))
		n += 8 + n%2
		if string(b[:4]) == kind {
			return b[:n]
		}
		b = b[n:]
	}
	require.Fail(t, "no chunk "+kind)
	return nil
}

func uint24s(values ...int) []byte {
	var b []byte
	for _, v := range values {
		b = append(b, byte(v), byte(v>>8), byte(v>>16))
	}
	return b
}

func vp8x(flags byte, width, height int) []byte {
	return rawChunk("VP8X", append([]byte{flags, 0, 0, 0}, uint24s(width-1, height-1)...))
}

func anim(b, g, r, a byte) []byte { return rawChunk("ANIM", []byte{b, g, r, a, 0, 0}) }

func anmf(x, y, width, height int, chunks ...[]byte) []byte {
	data := append(uint24s(x/2, y/2, width-1, height-1, 100), 0)
	for _, c := range chunks {
		data = append(data, c...)
	}
	return rawChunk("ANMF", data)
}

func exifChunk(orientation byte) []byte {
	return rawChunk("EXIF", []byte("MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00"+string(orientation)+"\x00\x00"))
}
