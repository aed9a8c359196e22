package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

func TestJobsAreRequestsOfOurs(t *testing.T) {
	all := jobs()
	require.Len(t, all, 13+12)
	names := map[string]bool{}
	for _, j := range all {
		_, err := edit.Parse([]byte(`{"key":"source",`+j.Request+`}`), nil)
		require.NoError(t, err, j.Name)
		require.NotEmpty(t, j.Sharp, j.Name)
		require.Contains(t, []kind{baseline, progressive, png, webp}, j.Source, j.Name)
		require.False(t, names[j.Name], "%s is there twice", j.Name)
		names[j.Name] = true
	}
	for k, j := range conversions {
		_, err := edit.Parse([]byte(`{"key":"source",`+j.Request+`}`), nil)
		require.NoError(t, err, k)
	}
}

func TestMixReadsTheJPEG(t *testing.T) {
	require.Len(t, mix(), 5)
	for _, j := range mix() {
		require.Equal(t, baseline, j.Source)
	}
}
