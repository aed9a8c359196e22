package qoi_test

import (
	"bytes"
	"encoding/binary"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
	"gocloud.dev/blob/memblob"

	"github.com/immagin/immagin-go/examples/qoi"
	"github.com/immagin/immagin-go/immagin"
	"github.com/immagin/immagin-go/immagin/edit"
	"github.com/immagin/immagin-go/luna"
	"github.com/immagin/immagin-go/luna/codec"
	"github.com/immagin/immagin-go/luna/codec/codectest"
	"github.com/immagin/immagin-go/luna/codecs"
	"github.com/immagin/immagin-go/luna/pixel"
	"github.com/immagin/immagin-go/sign"
	"github.com/immagin/immagin-go/storage"
)

// promises are what the codec is held to. That it loses nothing is the
// default.
var promises = codectest.Options{
	Tail:        8, // the end marker, which no pixel needs
	HeaderBytes: 14,
	Lies: []func(file []byte, width, height int) []byte{
		func(file []byte, width, height int) []byte {
			binary.BigEndian.PutUint32(file[4:], uint32(width))
			binary.BigEndian.PutUint32(file[8:], uint32(height))
			return file
		},
	},
}

func TestConformance(t *testing.T) { codectest.Run(t, qoi.Codec{}, promises) }

func FuzzCodec(f *testing.F) { codectest.Fuzz(f, qoi.Codec{}, promises) }

// TestChunks reads and writes a file that was written by hand from the
// specification, with each kind of chunk: a codec that only agrees with itself
// is not yet one for the format.
func TestChunks(t *testing.T) {
	file := append([]byte("qoif\x00\x00\x00\x04\x00\x00\x00\x02\x04\x00"),
		0xc0,                   // a run of 1: black, as decoding begins
		0x40|3<<4|2<<2|1,       // +1, 0, -1
		0x80|(10+32), 0x9<<4|7, // +10 of green, +11 of red, +9 of blue
		0xfe, 200, 100, 50,
		0xff, 200, 100, 50, 128,
		(200*3+100*5+50*7+255*11)%64, // the one before the last
		0xc1,                         // twice more
		0, 0, 0, 0, 0, 0, 0, 1)
	want := []byte{
		0, 0, 0, 255, 1, 0, 255, 255, 12, 10, 8, 255, 200, 100, 50, 255,
		200, 100, 50, 128, 200, 100, 50, 255, 200, 100, 50, 255, 200, 100, 50, 255,
	}
	src, err := qoi.Codec{}.Decode(t.Context(), bytes.NewReader(file), codec.Request{})
	require.NoError(t, err)
	m, err := pixel.ReadAll(nil, src)
	require.NoError(t, err)
	require.NoError(t, src.Close())
	for i, v := range want {
		require.Equal(t, v, m.Planes[i%4].Row(i / 4 / 4)[i/4%4], "sample %d", i)
	}
	var b bytes.Buffer
	require.NoError(t, qoi.Codec{}.Encode(t.Context(), &b, m.Source(0, nil), codec.Options{}))
	require.Equal(t, file, b.Bytes())
}

// TestDelivery has an original in QOI fetched by a signed URL, and its headers
// by the client.
func TestDelivery(t *testing.T) {
	originals := storage.NewOriginals(memblob.OpenBucket(nil), nil)
	require.NoError(t, originals.Create(t.Context(), "acme", "drawing.qoi", bytes.NewReader(drawn()), "image/qoi", false))
	secret := sign.NewSecret()
	keyring, err := sign.NewKeyring(secret)
	require.NoError(t, err)
	engine, err := luna.New(append(codecs.Default(), qoi.Codec{}), nil)
	require.NoError(t, err)
	handler, err := luna.NewHandler(engine, originals, sign.Tenants{"acme": keyring}, &luna.HandlerOptions{Tenant: luna.FixedTenant("acme")})
	require.NoError(t, err)
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	client, err := immagin.NewClient("", &immagin.Options{Secret: secret, DeliveryURL: server.URL})
	require.NoError(t, err)

	told, err := client.Images.Metadata(t.Context(), "drawing.qoi", nil)
	require.NoError(t, err)
	require.Equal(t, "qoi", told.Format)
	require.Equal(t, [2]int{400, 300}, [2]int{told.Width, told.Height})
	url, err := client.Images.URL(t.Context(), "drawing.qoi", []edit.Edit{edit.Resize{Width: 80}}, nil)
	require.NoError(t, err)
	answer, err := http.Get(url)
	require.NoError(t, err)
	defer answer.Body.Close()
	require.Equal(t, http.StatusOK, answer.StatusCode)
	require.Equal(t, "image/webp", answer.Header.Get("Content-Type"))
}
