package luna

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseAccept(t *testing.T) {
	for value, want := range map[string]acceptance{
		"":          {},
		"*/*":       {},
		"image/*":   {},
		"text/html": {},
		"image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8": {true, true},
		"image/webp":                   {webp: true},
		"image/avif":                   {avif: true},
		"Image/AVIF":                   {avif: true},
		" image/webp ; q=0.5 ":         {webp: true},
		"image/webp;q=0":               {},
		"image/webp;q=0.000":           {},
		"image/webp;q=0.001":           {webp: true},
		"image/webp;Q=1.000":           {webp: true},
		"image/webp;q=1.001":           {},
		"image/webp;q=0.0001":          {},
		"image/webp;q=2":               {},
		"image/webp;q=":                {},
		"image/webp;q":                 {},
		"image/webp;q=01":              {},
		"image/webp;q=x":               {},
		"image/webp;a=b;q=0.3":         {webp: true},
		"image/webp;a=b":               {webp: true},
		"image/webp;q=0,image/avif":    {avif: true},
		"image/webp;q=0,image/webp":    {webp: true},
		"image/webpx,ximage/avif":      {},
		",,;,image/webp;;;,":           {webp: true},
		"\"image/avif\"":               {},
		"image/avif\t;\tq=0.9, */*":    {avif: true},
		"image/png;q=0.5,image/jpeg":   {},
		"image/webp image/avif":        {},
		"image/avif;q=0.5;q=0":         {avif: true},
		strings.Repeat("image/*,", 99): {},
	} {
		require.Equal(t, want, parseAccept([]string{value}), "%q", value)
	}
	require.Equal(t, acceptance{true, true}, parseAccept([]string{"image/avif", "image/webp"}), "two header lines")
	require.Equal(t, acceptance{}, parseAccept(nil))
}

// FuzzParseAccept holds that an acceptance is never read out of nothing: a
// format that counts is named, and naming it plainly makes it count.
func FuzzParseAccept(f *testing.F) {
	f.Add("image/avif,image/webp,image/*;q=0.8")
	f.Add("image/webp;q=0.000,;")
	f.Fuzz(func(t *testing.T, value string) {
		a := parseAccept([]string{value})
		low := strings.ToLower(value)
		require.False(t, a.avif && !strings.Contains(low, "image/avif"))
		require.False(t, a.webp && !strings.Contains(low, "image/webp"))
		require.Equal(t, acceptance{true, a.webp}, parseAccept([]string{value + ",image/avif"}))
		require.Equal(t, a, parseAccept(strings.Split(value, ",")), "lines and lists are the same")
	})
}

func TestMatchesETag(t *testing.T) {
	const tag = `"0123"`
	for value, want := range map[string]bool{
		``:                       false,
		`*`:                      true,
		` * `:                    true,
		`*, "x"`:                 false,
		`"0123"`:                 true,
		`W/"0123"`:               true,
		`w/"0123"`:               false,
		`0123`:                   false,
		`"0124"`:                 false,
		`"x", "0123"`:            true,
		`"x","y" , W/"0123"`:     true,
		`"a,b", "0123"`:          true,
		`"0123,"`:                false,
		`,, "0123"`:              true,
		`"x" "0123"`:             false,
		`"x`:                     false,
		`"x, "0123"`:             false,
		`W/`:                     false,
		`W/W/"0123"`:             false,
		`""`:                     false,
		`"", "0123"`:             true,
		`"0123"; x`:              true, // the tag itself was well formed
		`x, "0123"`:              false,
		"\t\"0123\"":             true,
		`"` + tag[1:5] + ` "`:    false,
		`W/"0123", W/"0124"`:     true,
		`"0124", W/"0123", "zz"`: true,
	} {
		require.Equal(t, want, matchesETag([]string{value}, tag), "%q", value)
	}
	require.True(t, matchesETag([]string{`"x"`, tag}, tag), "two header lines")
	require.False(t, matchesETag(nil, tag))
}

// FuzzMatchesETag holds that a match is found only where the tag stands, and
// always where it stands first.
func FuzzMatchesETag(f *testing.F) {
	const tag = `"0123"`
	f.Add(`"x", W/"0123"`)
	f.Add(`*`)
	f.Add(`W/"", `)
	f.Fuzz(func(t *testing.T, value string) {
		if matchesETag([]string{value}, tag) {
			require.True(t, strings.Contains(value, tag) || strings.Trim(value, " \t") == "*")
		}
		require.True(t, matchesETag([]string{tag + "," + value}, tag))
		require.True(t, matchesETag([]string{value, "W/" + tag}, tag))
	})
}
