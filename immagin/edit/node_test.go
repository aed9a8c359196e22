package edit_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os/exec"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

// script builds the objects that it reads and prints what a TypeScript client
// would sign: base64url of JSON.stringify. Numbers come as the bits of their
// doubles and strings as their code units, so that no JSON of ours is between.
const script = `
const build = v => {
  if ('n' in v) return new Float64Array(new BigUint64Array([BigInt('0x' + v.n)]).buffer)[0];
  if ('s' in v) return String.fromCharCode(...v.s);
  if ('l' in v) return v.l.map(build);
  if ('j' in v) return JSON.parse(v.j);
  if ('o' in v) { const o = {}; for (const [k, m] of v.o) o[k] = build(m); return o; }
  return v.b;
};
const lines = require('fs').readFileSync(0, 'utf8').trim().split('\n');
for (const line of lines) console.log(Buffer.from(JSON.stringify(build(JSON.parse(line)))).toString('base64url'));
`

type tree = map[string]any

// describe turns a request into a tree for the script by the names and the
// order of its Go fields, without a line of the package under test.
func describe(v reflect.Value) tree {
	switch v.Kind() {
	case reflect.Pointer:
		return describe(v.Elem())
	case reflect.Bool:
		return tree{"b": v.Bool()}
	case reflect.Int, reflect.Int64:
		return tree{"n": fmt.Sprintf("%x", math.Float64bits(float64(v.Int())))}
	case reflect.Uint8:
		return tree{"n": fmt.Sprintf("%x", math.Float64bits(float64(v.Uint())))}
	case reflect.Float64:
		return tree{"n": fmt.Sprintf("%x", math.Float64bits(v.Float()))}
	case reflect.String:
		if c, ok := v.Interface().(edit.Color); ok && strings.HasPrefix(string(c), "{") {
			var o struct {
				R, G, B float64
				Alpha   *float64
			}
			if err := json.Unmarshal([]byte(c), &o); err != nil {
				panic(err)
			}
			return describe(reflect.ValueOf(o))
		}
		units := []int{}
		for _, u := range utf16.Encode([]rune(v.String())) {
			units = append(units, int(u))
		}
		return tree{"s": units}
	case reflect.Slice:
		items := []tree{}
		for i := range v.Len() {
			item := v.Index(i)
			if e, ok := item.Interface().(edit.Edit); ok {
				items = append(items, tree{"o": [][2]any{{e.Name(), describeEdit(e)}}})
				continue
			}
			items = append(items, describe(item))
		}
		return tree{"l": items}
	case reflect.Struct:
		members := [][2]any{}
		for i := range v.NumField() {
			name, field := v.Type().Field(i).Name, v.Field(i)
			if absent(v.Type(), name, field) {
				continue
			}
			switch name {
			case "Version":
				name = "v"
			case "Expires":
				name = "exp"
			}
			member := describe(field)
			if m, ok := field.Interface().(*edit.Metadata); ok && *m == (edit.Metadata{}) {
				member = tree{"b": true}
			}
			members = append(members, [2]any{strings.ToLower(name[:1]) + name[1:], member})
		}
		return tree{"o": members}
	}
	panic("unexpected " + v.Type().String())
}

func describeEdit(e edit.Edit) tree {
	switch e := e.(type) {
	case edit.Custom:
		return tree{"j": string(e.Parameters)}
	case edit.Normalize:
		if e == (edit.Normalize{}) {
			return tree{"b": true}
		}
	}
	return describe(reflect.ValueOf(e))
}

// absent reports whether a zero field means that the caller left it out.
func absent(in reflect.Type, name string, field reflect.Value) bool {
	switch field.Kind() {
	case reflect.Pointer, reflect.Slice:
		return field.IsNil()
	case reflect.String:
		return field.Len() == 0
	case reflect.Int:
		return field.IsZero() && (name == "Height" || name == "Quality" || name == "Width") && in.Name() != "Crop"
	}
	return false
}

func TestEncodeLikeNode(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not there: not compared with JSON.stringify")
	}
	const n = 1000
	var in bytes.Buffer
	var want []string
	for seed := range n {
		r := requests().Example(seed)
		b, err := json.Marshal(describe(reflect.ValueOf(r)))
		require.NoError(t, err)
		in.Write(append(b, '\n'))
		payload, err := r.Payload()
		require.NoError(t, err)
		want = append(want, payload)
	}
	command := exec.Command(node, "-e", script)
	command.Stdin = &in
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, stderr.String())
	got := strings.Split(strings.TrimSpace(string(out)), "\n")
	require.Len(t, got, n)
	for i := range got {
		if got[i] != want[i] {
			r, err := edit.Decode(got[i], roomy)
			require.NoError(t, err)
			t.Logf("node: %+v", r)
			require.Equal(t, got[i], want[i])
		}
	}
}
