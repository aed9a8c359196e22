package edit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

func TestParseJSON(t *testing.T) {
	for _, c := range []struct{ payload, fault string }{
		{``, "payload: must be a JSON value, but the text ends at byte 0"},
		{`[]`, `payload: must be an object, such as {"key":"hero.jpg"}, not a list`},
		{`"key"`, `payload: must be an object, such as {"key":"hero.jpg"}, not "key"`},
		{`null`, `payload: must be an object, such as {"key":"hero.jpg"}, not null`},
		{`{}`, "key: is required: must be a string"},
		{`{"key":"a"}x`, "payload: must end after its JSON value, but byte 11 is 'x'"},
		{`{"key":"a"}{}`, "payload: must end after its JSON value, but byte 11 is '{'"},
		{"{\"key\":\"a\"}\x00", `payload: must end after its JSON value, but byte 11 is '\x00'`},
		{"\ufeff{\"key\":\"a\"}", `payload: must be a JSON value, but byte 0 is '\ufeff'`},
		{"{\"key\":\"a\"}\xff", "payload: must end after its JSON value, but byte 11 is 0xff"},
		{`{"key":"a"`, `payload: must go on with "," or "}", but the text ends at byte 10`},
		{`{"key":"a",}`, "payload: must go on with a member name in quotes, but byte 11 is '}'"},
		{`{key:"a"}`, "payload: must go on with a member name in quotes, but byte 1 is 'k'"},
		{`{'key':"a"}`, `payload: must go on with a member name in quotes, but byte 1 is '\''`},
		{`{"key" "a"}`, `key: must go on with ":" after its name, but byte 7 is '"'`},
		{`{"key":}`, "key: must be a JSON value, but byte 7 is '}'"},
		{`{"key":"a`, "key: must end its string with a quote, but the text ends at byte 9"},
		{`{"ke`, "payload: must end its string with a quote, but the text ends at byte 4"},
		{`{"key":"\x"}`, `key: must have a valid escape after "\", but byte 9 is 'x'`},
		{`{"key":"\u12g4"}`, `key: must have a valid escape after "\", but byte 9 is 'u'`},
		{`{"key":"\`, `key: must have a valid escape after "\", but the text ends at byte 9`},
		{`{"key":"a","edits":[1,]}`, "edits[1]: must be a JSON value, but byte 22 is ']'"},
		{`{"key":"a","edits":[1 2]}`, `edits: must go on with "," or "]", but byte 22 is '2'`},
		{`{"key":"a","exp":01}`, `payload: must go on with "," or "}", but byte 18 is '1'`},
		{`{"key":"a","exp":+1}`, "exp: must be a JSON value, but byte 17 is '+'"},
		{`{"key":"a","exp":.5}`, "exp: must be a JSON value, but byte 17 is '.'"},
		{`{"key":"a","exp":-}`, "exp: must have digits in its number, but byte 18 is '}'"},
		{`{"key":"a","exp":1.}`, "exp: must have digits after the decimal point, but byte 19 is '}'"},
		{`{"key":"a","exp":1e}`, "exp: must have digits in the exponent, but byte 19 is '}'"},
		{`{"key":"a","exp":1e+`, "exp: must have digits in the exponent, but the text ends at byte 20"},
		{`{"key":"a","exp":NaN}`, "exp: must be a JSON value, but byte 17 is 'N'"},
		{`{"key":"a","exp":Infinity}`, "exp: must be a JSON value, but byte 17 is 'I'"},
		{`{"key":"a","exp":-Infinity}`, "exp: must have digits in its number, but byte 18 is 'I'"},
		{`{"key":"a","exp":0x10}`, `payload: must go on with "," or "}", but byte 18 is 'x'`},
		{`{"key":"a","exp":True}`, "exp: must be a JSON value, but byte 17 is 'T'"},
		{`{"key":"a","exp":truely}`, `payload: must go on with "," or "}", but byte 21 is 'l'`},
		{`{"key":"a"/**/}`, `payload: must go on with "," or "}", but byte 10 is '/'`},
		{`{"key":"a","exp":1e400}`, "exp: must be a finite number, not 1e400"},
		{`{"key":"a","exp":-1e400}`, "exp: must be a finite number, not -1e400"},
		{`{"key":"a","exp":-0}`, "exp: must be spelled 0, not -0"},
		{`{"key":"a","exp":-0.0e9}`, "exp: must be spelled 0, not -0.0e9"},
		{`{"key":"a","exp":-1e-400}`, "exp: must be spelled 0, not -1e-400"},
		{`{"key":"a","edits":[{"x-a":[{"b":-0}]}]}`, "edits[0].x-a[0].b: must be spelled 0, not -0"},
		{`{"key":"a","key":"a"}`, "key: must stand only once in its object"},
		{`{"key":"a","k\u0065y":"a"}`, "key: must stand only once in its object"},
		{`{"key":"a","edits":[{"blur":1,"blur":1}]}`, "edits[0].blur: must stand only once in its object"},
		{`{"key":"a","edits":[{"x-a":{"b":{"c":1,"c":2}}}]}`, "edits[0].x-a.b.c: must stand only once in its object"},
		{"{\"key\":\"a\xff\"}", "key: must be valid UTF-8"},
		{"{\"key\":\"\xed\xa0\x80\"}", "key: must be valid UTF-8"}, // a surrogate in UTF-8
		{"{\"key\":\"\xc0\xaf\"}", "key: must be valid UTF-8"},     // an overlong slash
		{`{"key":"\ud800"}`, "key: must be valid Unicode, but has an escaped surrogate without its pair"},
		{`{"key":"\udc00\ud800"}`, "key: must be valid Unicode, but has an escaped surrogate without its pair"},
		{`{"key":"\ud83dx"}`, "key: must be valid Unicode, but has an escaped surrogate without its pair"},
		{`{"key":"\ud83d\u0041"}`, "key: must be valid Unicode, but has an escaped surrogate without its pair"},
		{"{\"key\":\"a\nb\"}", `key: must escape its control characters, as in "\n"`},
		{"{\"key\":\"a\",\"edits\":[{\"x-a\":\"\x01\"}]}", `edits[0].x-a: must escape its control characters, as in "\n"`},
		{"{\"key\":\"a\",\"\xff\":1}", `["\ufffd"]`},
		{`{"key":"a","\udfff":1}`, `["�"]: the name of the member must be valid Unicode, but has an escaped surrogate without its pair`},
		{`{"key":"a","edits":[{"x-a":` + strings.Repeat("[", 30) + strings.Repeat("]", 30) + `}]}`,
			"edits[0].x-a" + strings.Repeat("[0]", 29) + ": must not nest deeper than 32 levels"},
	} {
		if strings.HasPrefix(c.fault, `["\ufffd"]`) {
			c.fault = `["\xff"]: the name of the member must be valid UTF-8`
		}
		_, err := edit.Parse([]byte(c.payload), nil)
		require.Error(t, err, c.payload)
		require.Equal(t, []string{c.fault}, faults(t, err), c.payload)
	}
	// One level less is allowed.
	_, err := edit.Parse([]byte(`{"key":"a","edits":[{"x-a":`+strings.Repeat("[", 29)+strings.Repeat("]", 29)+`}]}`), nil)
	require.NoError(t, err)
}

// A payload of nothing but brackets ends at the depth, not at the stack.
func TestParseDeep(t *testing.T) {
	limits := &edit.Limits{MaxPayload: 1 << 24}
	for _, bracket := range []string{"[", `{"a":`} {
		_, err := edit.Parse([]byte(strings.Repeat(bracket, 1_000_000)), limits)
		require.Len(t, faults(t, err), 1)
	}
}

// Every name of a large object is compared with every other, in passing.
func TestParseManyMembers(t *testing.T) {
	var b strings.Builder
	b.WriteString(`{"key":"a","edits":[{"x-a":{`)
	for i := range 50_000 {
		b.WriteByte('"')
		for n := i + 1; n > 0; n /= 36 {
			b.WriteByte("0123456789abcdefghijklmnopqrstuvwxyz"[n%36])
		}
		b.WriteString(`":1,`)
	}
	payload := b.String()
	_, err := edit.Parse([]byte(payload+`"_":1}}]}`), &edit.Limits{MaxPayload: 1 << 24})
	require.NoError(t, err)
	_, err = edit.Parse([]byte(payload+`"1":1}}]}`), &edit.Limits{MaxPayload: 1 << 24})
	require.Equal(t, []string{"edits[0].x-a.1: must stand only once in its object"}, faults(t, err))
}

func TestDecode(t *testing.T) {
	for _, c := range []struct{ payload, fault string }{
		{"", "must begin with eyJ"},
		{"eyJ", "must be base64url"}, // a lone third character has stray bits
		{vectorPath + "=", "must be base64url"},
		{vectorPath + "\n", "must be base64url"},
		{vectorPath[:8] + "\r\n" + vectorPath[8:], "must be base64url"},
		{strings.Replace(vectorPath, "R", "+", 1), "must be base64url"},
		{strings.Replace(vectorPath, "R", "/", 1), "must be base64url"},
		{strings.Replace(vectorPath, "R", "%52", 1), "must be base64url"},
		{vectorPath + " ", "must be base64url"},
		{"é" + vectorPath, "must be base64url"},
		{vectorPath[:len(vectorPath)-1], "must be base64url"},
		{"eyJrZXkiOiJhIn1", "must be base64url"}, // {"key":"a"} ends in 0: 1 has a stray bit
		{"e30", "must begin with eyJ"},           // {}
		{"IHsia2V5IjoiYSJ9", "must begin with eyJ"},
		{strings.Repeat("A", 8193), "must be at most 8192 bytes, not 8193"},
		{strings.Repeat("A", 10<<10), "must be at most 8192 bytes, not 10240"},
	} {
		_, err := edit.Decode(c.payload, nil)
		require.Error(t, err, c.payload)
		f := faults(t, err)
		require.Len(t, f, 1)
		require.True(t, strings.HasPrefix(f[0], "payload: "+c.fault), "%q: %s", c.payload, f[0])
	}
	r, err := edit.Decode("eyJrZXkiOiJhIn0", nil)
	require.NoError(t, err)
	require.Equal(t, &edit.Request{Key: "a"}, r)
}

// Of all strings one character away from a payload, none is read as the same
// request's payload: one picture has one URL.
func TestOneSpelling(t *testing.T) {
	want, err := edit.Decode(vectorPath, nil)
	require.NoError(t, err)
	for i := range len(vectorPath) {
		for c := range 256 {
			mutant := vectorPath[:i] + string([]byte{byte(c)}) + vectorPath[i+1:]
			if r, err := edit.Decode(mutant, nil); err == nil && mutant != vectorPath {
				require.NotEqual(t, want, r, mutant)
			}
		}
	}
}
