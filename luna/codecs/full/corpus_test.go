//go:build linux

package codecs_test

import (
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/luna/codec"
	codecs "github.com/immagin/immagin-go/luna/codecs/full"
	"github.com/immagin/immagin-go/luna/heif/heic"
)

const (
	// corpusVariable names a folder of pictures, good and bad. Every file in
	// it and below is one, but those that are called LICENSE or the like.
	corpusVariable = "IMMAGIN_TEST_CORPUS"
	// corpusWorkers is how many files are worked on at a time.
	corpusWorkers = 4
	// corpusMemory is the most memory that the process may ever have resident.
	corpusMemory = 512 << 20
	// corpusTime is the most processor time that a file may take.
	corpusTime = 5 * time.Second
)

var (
	outcomesFile = flag.String("outcomes", "", "file for the outcomes of TestCorpus, a line of JSON each")
	raised       = flag.Bool("raised", false, "TestCorpus: ten times the pixels and no bound of a side, and report what they take")
)

// everyCodec returns all codecs of this module.
func everyCodec(t *testing.T) []codec.Codec {
	hevc, err := heic.New(nil)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, hevc.Close()) })
	all, err := codecs.All(&codecs.Options{HEVC: hevc})
	require.NoError(t, err)
	return all
}

// corpus lists the files of the folder.
func corpus(t *testing.T) (folder string, names []string) {
	t.Helper()
	folder = os.Getenv(corpusVariable)
	if folder == "" {
		t.Skip(corpusVariable + " names no folder")
	}
	err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		base := strings.ToUpper(d.Name())
		for _, text := range []string{"LICEN", "COPYING", "NOTICE", "README", "AUTHORS"} {
			if strings.HasPrefix(base, text) {
				return nil
			}
		}
		if strings.HasSuffix(base, ".COPYRIGHT") {
			return nil
		}
		rel, err := filepath.Rel(folder, name)
		names = append(names, rel)
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, names)
	return folder, names
}

// TestCorpus makes a preview of every file of a folder, in which there may be
// anything: each is made, or refused with a status of the client's; none takes
// long, or much memory, or ends the process.
func TestCorpus(t *testing.T) {
	folder, names := corpus(t)
	task := renderTask
	if *raised {
		task = raisedTask
	}
	outcomes := run(t, folder, task, names, corpusWorkers)
	require.Len(t, outcomes, len(names))

	// What was measured is the time of all four: those that it might have been
	// are measured again, alone.
	var long []string
	for _, o := range outcomes {
		if o.CPU > corpusTime/2 {
			long = append(long, o.Name)
		}
	}
	alone := map[string]outcome{}
	for _, o := range run(t, folder, task, long, 1) {
		alone[o.Name] = o
	}
	for _, o := range alone {
		t.Logf("%s takes %v alone: %d %s", o.Name, o.CPU, o.Status, o.Error)
	}
	type counts struct{ read, refused, other int }
	formats := map[string]counts{}
	peak, slowest := int64(0), outcome{}
	var refused []string
	for i, o := range outcomes {
		if again, ok := alone[o.Name]; ok {
			o.CPU = again.CPU
			outcomes[i] = o
		}
		if o.CPU > slowest.CPU {
			slowest = o
		}
		if o.Peak > peak {
			peak = o.Peak
			t.Logf("%d MiB resident at the end of %s (%s)", peak>>20, o.Name, o.Format)
		}
		c := formats[o.Format]
		switch {
		case o.Status == 200:
			c.read++
		case o.Status >= 400 && o.Status < 500 && o.Status != 499:
			c.refused++
			refused = append(refused, o.Name)
		default:
			c.other++
			t.Errorf("%s (%s): status %d: %s", o.Name, o.Format, o.Status, o.Error)
		}
		formats[o.Format] = c
		if o.CPU > corpusTime && !*raised {
			t.Errorf("%s (%s) takes %v of processor time", o.Name, o.Format, o.CPU)
		}
	}
	for format, c := range formats {
		t.Logf("%-12s %4d read, %4d refused, %d neither", format, c.read, c.refused, c.other)
	}
	t.Logf("%d files; the longest takes %v: %s; %d MiB resident at the most", len(names), slowest.CPU, slowest.Name, peak>>20)
	if peak > corpusMemory && !*raised {
		t.Errorf("%d MiB were resident; %d is the most", peak>>20, int64(corpusMemory)>>20)
	}

	peers := map[string]string{}
	for _, o := range run(t, folder, peerTask, refused, 1) {
		peers[o.Name] = o.Peer
	}
	for i, o := range outcomes {
		if outcomes[i].Peer = peers[o.Name]; outcomes[i].Peer != "" {
			t.Logf("%s is read by %s, not here: %d %s", o.Name, outcomes[i].Peer, o.Status, o.Error)
		}
	}
	writeOutcomes(t, outcomes)
}

func writeOutcomes(t *testing.T, outcomes []outcome) {
	if *outcomesFile == "" {
		return
	}
	f, err := os.Create(*outcomesFile)
	require.NoError(t, err)
	defer f.Close()
	for _, o := range outcomes {
		require.NoError(t, json.NewEncoder(f).Encode(o))
	}
	require.NoError(t, f.Close())
}
