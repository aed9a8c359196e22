package iptc_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/iptc"
	"github.com/immagin/immagin-go/internal/testmeta"
)

func TestRewrite(t *testing.T) {
	kept := iptc.Rewrite(testmeta.IPTC())
	require.True(t, bytes.Contains(kept, []byte(testmeta.City)))
	require.False(t, bytes.Contains(kept, []byte("THUMBNAIL")))
	require.Equal(t, kept, iptc.Rewrite(kept))
	require.Nil(t, iptc.Rewrite([]byte("nonsense")))
}

func TestKeepRights(t *testing.T) {
	kept := iptc.KeepRights(testmeta.IPTC())
	artist, notice := iptc.Rights(kept)
	require.Equal(t, testmeta.Artist, artist)
	require.Equal(t, testmeta.Copyright, notice)
	require.False(t, bytes.Contains(kept, []byte(testmeta.City)))
	require.True(t, bytes.Contains(kept, []byte("\x1b%G")), "how the rest is to be read")
	require.Nil(t, iptc.KeepRights([]byte("\x1c\x01\x5a\x00\x03\x1b%G\x1c\x02\x5a\x00\x01x")), "nothing of rights")
}

func TestRights(t *testing.T) {
	artist, notice := iptc.Rights([]byte("\x1c\x02\x50\x00\x01A\x1c\x02\x50\x00\x01B\x1c\x02\x74\x00\x02\xe9!"))
	require.Equal(t, "A; B", artist)
	require.Equal(t, "é!", notice, "Latin-1")
}

func TestTruncated(t *testing.T) {
	b := testmeta.IPTC()
	for n := range b {
		require.True(t, bytes.HasPrefix(b, iptc.Rewrite(b[:n])))
	}
}

func FuzzRewrite(f *testing.F) {
	f.Add(testmeta.IPTC())
	f.Fuzz(func(t *testing.T, b []byte) {
		all, rights := iptc.Rewrite(b), iptc.KeepRights(b)
		if len(all) > len(b) || len(rights) > len(all) {
			t.Fatal(len(b), len(all), len(rights))
		}
		a1, n1 := iptc.Rights(b)
		a2, n2 := iptc.Rights(rights)
		if a1 != a2 || n1 != n2 {
			t.Fatalf("%q %q, %q %q", a1, a2, n1, n2)
		}
	})
}

func ExampleRights() {
	artist, notice := iptc.Rights([]byte("\x1c\x02\x50\x00\x04Ines\x1c\x02\x74\x00\x07© 2026"))
	fmt.Println(artist, notice)
	// Output: Ines © 2026
}
