package main

import (
	"io"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	s, err := parse(nil, io.Discard)
	require.NoError(t, err)
	require.Equal(t, settings{runs: 7, jobs: true, concurrency: []int{1, 2, 4, 8}}, s)

	s, err = parse([]string{"-source", "a.jpg,b.png", "-runs", "3", "-concurrency", "2,16", "-cores", "1", "-only", "WebP", "-jobs=false", "-quality", "-megapixels", "1,12"}, io.Discard)
	require.NoError(t, err)
	require.Equal(t, settings{sources: []string{"a.jpg", "b.png"}, runs: 3, concurrency: []int{2, 16}, megapixels: []int{1, 12}, quality: true, cores: 1, only: "WebP"}, s)

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
		{[]string{"hero.jpg"}, `unexpected argument "hero.jpg"`},
		{[]string{"-rums", "1"}, "not defined"},
	} {
		_, err := parse(test.args, io.Discard)
		require.ErrorContains(t, err, test.about)
	}
}
