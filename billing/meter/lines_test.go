package meter_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/billing"
	"github.com/immagin/immagin-go/billing/meter"
	"github.com/immagin/immagin-go/billing/store/memory"
)

// readAll returns all records of a source.
func readAll(s meter.Source) (all []meter.Record, err error) {
	for {
		records, err := s.Next(context.Background())
		if err == io.EOF {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		all = append(all, records...)
	}
}

func TestLines(t *testing.T) {
	s := memory.NewMeter()
	var batch []meter.Record
	for i := range 5000 {
		r := meter.Record{Project: strings.Repeat("<\"\u2028>", 40), Metric: unique, Period: november.Start, ID: meter.NewID(string(rune(i)))}
		if i%2 == 0 {
			r.At, r.Window = november.Start.Add(time.Duration(i)), meter.Ever
		}
		batch = append(batch, r)
	}
	_, err := s.Insert(t.Context(), batch)
	require.NoError(t, err)
	var text bytes.Buffer
	require.NoError(t, meter.Write(t.Context(), &text, meter.Export(s, billing.Period{})))
	got, err := readAll(meter.Read(iotest.HalfReader(&text)))
	require.NoError(t, err)
	want, err := readAll(meter.Export(s, billing.Period{}))
	require.NoError(t, err)
	require.Equal(t, want, got)
}

const goodLine = `{"project":"p","metric":"transforms.unique","period":"2026-11-01T00:00:00Z","id":"00112233445566778899aabbccddeeff"}` + "\n"

func TestBadLines(t *testing.T) {
	all, err := readAll(meter.Read(strings.NewReader(goodLine)))
	require.NoError(t, err)
	require.Len(t, all, 1)
	for _, text := range []string{
		"\n", "{}\n", "[]\n", "null\n", goodLine[:len(goodLine)-1], goodLine[:50] + "\n",
		strings.Replace(goodLine, `"p"`, `""`, 1),
		strings.Replace(goodLine, `"p"`, `"p","extra":1`, 1),
		strings.Replace(goodLine, `"p"`, `"p","window":1`, 1),
		strings.Replace(goodLine, `"p"`, `"p","at":"2026-11-01T00:00:00Z"`, 1),
		strings.Replace(goodLine, `"p"`, `"p","at":"2026-11-01T00:00:00Z","window":-1`, 1),
		strings.Replace(goodLine, "2026", "9026", 1),
		strings.Replace(goodLine, "ff", "FF", 1),
		strings.Replace(goodLine, "\n", "{}\n", 1),
		strings.Replace(goodLine, `"p"`, `"`+strings.Repeat("p", 5000)+`"`, 1),
	} {
		_, err := readAll(meter.Read(strings.NewReader(goodLine + text)))
		require.ErrorIs(t, err, meter.ErrRecord, text)
		require.ErrorContains(t, err, "line 2")
		require.Less(t, len(err.Error()), 400)
	}
	broken := errors.New("broken")
	_, err = readAll(meter.Read(io.MultiReader(strings.NewReader(goodLine), iotest.ErrReader(broken))))
	require.ErrorIs(t, err, broken)
	require.ErrorIs(t, meter.Write(t.Context(), io.Discard, source(func() ([]meter.Record, error) { return nil, broken })), broken)
	require.ErrorIs(t, meter.Write(t.Context(), io.Discard, source(func() ([]meter.Record, error) { return make([]meter.Record, 1), nil })), meter.ErrRecord)
}

// FuzzRead expects that what is read is written and read again as the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte(goodLine))
	f.Add([]byte(strings.Replace(goodLine, `"p"`, `"p","at":"2026-11-01T00:00:00.000000001+01:00","window":9223372036854775807`, 1)))
	f.Add([]byte(goodLine + "\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := readAll(meter.Read(bytes.NewReader(text)))
		if err != nil {
			require.ErrorIs(t, err, meter.ErrRecord)
			return
		}
		_, err = meter.Normalize(all)
		require.NoError(t, err)
		var b bytes.Buffer
		rest := all
		require.NoError(t, meter.Write(t.Context(), &b, source(func() ([]meter.Record, error) {
			if rest == nil {
				return nil, io.EOF
			}
			batch := rest
			rest = nil
			return batch, nil
		})))
		again, err := readAll(meter.Read(&b))
		require.NoError(t, err)
		require.Equal(t, all, again)
	})
}
