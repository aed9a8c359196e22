package prewarm

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestParse(t *testing.T) {
	m, err := parse([]byte(`{"v":1,"tenant":"acme","payload":"eyJ","accept":"image/webp","time":1767225600}`))
	require.NoError(t, err)
	require.Equal(t, message{1, "acme", "eyJ", "image/webp", 1767225600}, m)

	for body, says := range map[string]string{
		``:     "JSON",
		`null`: "v must be 1",
		`[]`:   "JSON",
		`{"v":2,"tenant":"a","payload":"eyJ","time":1}`:                                       "v must be 1, not 2",
		`{"v":1,"tenant":"a","payload":"","time":1}`:                                          "payload",
		`{"v":1,"tenant":"a","payload":"ey/J","time":1}`:                                      "payload",
		`{"v":1,"tenant":"a","payload":"` + strings.Repeat("e", maxPayload+1) + `","time":1}`: "payload",
		`{"v":1,"tenant":"a\n","payload":"eyJ","time":1}`:                                     "tenant",
		`{"v":1,"tenant":"` + strings.Repeat("a", 256) + `","payload":"eyJ","time":1}`:        "tenant",
		`{"v":1,"tenant":"a","payload":"eyJ","time":1,"accept":"é"}`:                          "accept",
		`{"v":1,"tenant":"a","payload":"eyJ"}`:                                                "time",
		`{"v":1,"tenant":"a","payload":"eyJ","time":1e99}`:                                    "JSON",
		`{"v":1,"tenant":"a","payload":"eyJ","time":1}{}`:                                     "nothing after",
		"{\"v\":1,\"tenant\":\"\xff\",\"payload\":\"eyJ\",\"time\":1}":                        "UTF-8",
		strings.Repeat(" ", maxMessage+1):                                                     "at most 65536 bytes",
	} {
		_, err := parse([]byte(body))
		require.ErrorContains(t, err, says, "%.80s", body)
	}
}

func TestStale(t *testing.T) {
	now := time.Unix(10_000, 0)
	for at, stale := range map[int64]bool{6400: false, 6399: true, 10_000: false, 13_600: false, 13_601: true, 1 << 62: true, 1: true} {
		m := message{Time: at}
		require.Equal(t, stale, m.stale(now, time.Hour), "%d", at)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"v":1,"tenant":"acme","payload":"eyJ","accept":"image/webp","time":1767225600}`))
	f.Add([]byte(`{"v":2}`))
	f.Add([]byte(`{"V":1,"tenant":"\u0000","payload":[],"time":-1} `))
	f.Fuzz(func(t *testing.T, body []byte) {
		m, err := parse(body)
		if err != nil {
			require.Zero(t, m)
			return
		}
		require.LessOrEqual(t, len(body), maxMessage)
		require.NoError(t, m.check())
		text, err := json.Marshal(m)
		require.NoError(t, err)
		again, err := parse(text)
		require.NoError(t, err, "what is accepted can be written again")
		require.Equal(t, m, again)
	})
}
