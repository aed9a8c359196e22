package main

import (
	"bytes"
	"encoding/json"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/internal/scene"
)

func picture(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "source.jpg")
	require.NoError(t, os.WriteFile(path, encode(scene.Landscape(64, 48), 90), 0o644))
	return path
}

// ask runs a worker over orders.
func ask(t *testing.T, orders ...order) []answer {
	t.Helper()
	var in, out bytes.Buffer
	for _, o := range orders {
		require.NoError(t, json.NewEncoder(&in).Encode(o))
	}
	require.NoError(t, work(t.Context(), &in, &out, nil))
	answers := make([]answer, len(orders))
	d := json.NewDecoder(&out)
	for i := range answers {
		require.NoError(t, d.Decode(&answers[i]))
	}
	require.False(t, d.More())
	return answers
}

func TestWorker(t *testing.T) {
	file, saved := picture(t), filepath.Join(t.TempDir(), "out")
	small := task{job{Request: `"edits":[{"resize":{"width":20}}],"output":{"format":"jpeg"}`}, file}
	answers := ask(t,
		order{},
		order{Tasks: []task{small}, Count: 1, Workers: 1, Save: saved},
		order{Tasks: []task{small, small}, Count: 9, Workers: 3},
		order{Tasks: []task{{job{Request: `"output":{"format":"heif"}`}, file}}, Count: 1, Workers: 1},
		order{Tasks: []task{{small.job, file + ".not"}}, Count: 1, Workers: 1},
		order{Tasks: []task{{job{Request: `"edits":1`}, file}}, Count: 1, Workers: 1},
		order{Tasks: []task{{job{Request: `"edits":[{"resize":{"width":20}}],"output":{"format":"avif","effort":0}`}, file}}, Count: 1, Workers: 1, Save: saved + ".avif"},
	)
	require.Contains(t, answers[0].Version, runtime.Version())
	require.Empty(t, answers[0].Error)

	require.Empty(t, answers[1].Error)
	out, err := os.ReadFile(saved)
	require.NoError(t, err)
	require.Len(t, out, answers[1].Bytes)
	m, err := jpeg.Decode(bytes.NewReader(out))
	require.NoError(t, err)
	require.Equal(t, 20, m.Bounds().Dx())
	require.Positive(t, answers[1].Wall)

	require.Empty(t, answers[2].Error)
	require.True(t, answers[3].Missing)
	require.NotEmpty(t, answers[4].Error)
	require.False(t, answers[4].Missing)
	require.Contains(t, answers[5].Error, "edits")
	require.Empty(t, answers[6].Error)
	out, err = os.ReadFile(saved + ".avif")
	require.NoError(t, err)
	require.Equal(t, "ftypavif", string(out[4:12]))
	if runtime.GOOS == "linux" {
		require.Positive(t, answers[2].Peak)
	}
}

func TestWorkerRefusesWhatIsNoOrder(t *testing.T) {
	require.Error(t, work(t.Context(), strings.NewReader("{"), &bytes.Buffer{}, nil))
	require.Error(t, work(t.Context(), strings.NewReader(""), &bytes.Buffer{}, []string{"-x"}))
}

func TestWorkerProfile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "cpu.prof")
	require.NoError(t, work(t.Context(), strings.NewReader(""), &bytes.Buffer{}, []string{"-profile", path}))
	require.FileExists(t, path)
}
