package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	s, err := parse(nil, io.Discard)
	require.NoError(t, err)
	require.Equal(t, settings{runs: 7, jobs: true, concurrency: []int{1, 2, 4, 8}, qualities: []int{30, 50, 75, 90}, efforts: []int{4}}, s)

	s, err = parse([]string{"-source", "a.jpg,b.png", "-runs", "3", "-concurrency", "2,16", "-cores", "1", "-only", "WebP", "-jobs=false", "-quality", "-megapixels", "1,12", "-photographs", "folder", "-qualities", "75", "-efforts", "0,6", "-keep", "kept", "-raw"}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, settings{sources: []string{"a.jpg", "b.png"}, runs: 3, concurrency: []int{2, 16}, megapixels: []int{1, 12}, quality: true, photographs: "folder", qualities: []int{75}, efforts: []int{0, 6}, keep: "kept", raw: true, cores: 1, only: "WebP"}, s)

	s, err = parse([]string{"-concurrency", ""}, io.Discard)
	require.NoError(t, err)
	require.Empty(t, s.concurrency)
}

func TestParseRefuses(t *testing.T) {
	for _, test := range []struct {
		args  []string
		about string
	}{
		{[]string{"-runs", "0"}, "-runs is 0"},
		{[]string{"-cores", "-1"}, "-cores is -1"},
		{[]string{"-concurrency", "1,0"}, `"0" is not`},
		{[]string{"-concurrency", "1,,2"}, `"" is not`},
		{[]string{"-megapixels", "12,-1"}, `-megapixels: "-1" is not`},
		{[]string{"-qualities", "x"}, `-qualities: "x" is not`},
		{[]string{"-efforts", "7"}, `-efforts: "7" is not 0 to 6`},
		{[]string{"hero.jpg"}, `unexpected argument "hero.jpg"`},
		{[]string{"-rums", "1"}, "not defined"},
	} {
		_, err := parse(test.args, io.Discard)
		require.ErrorContains(t, err, test.about)
	}
}
