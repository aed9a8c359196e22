package edittest

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"unicode/utf16"

	"github.com/immagin/immagin-go/immagin/edit"
)

// Build is JavaScript that defines build, which makes the object that a parsed
// line of [Describe] is about. Numbers come as the bits of their doubles and
// strings as their code units, so that no JSON of ours is between.
const Build = `
const build = v => {
  if ('n' in v) return new Float64Array(new BigUint64Array([BigInt('0x' + v.n)]).buffer)[0];
  if ('s' in v) return String.fromCharCode(...v.s);
  if ('l' in v) return v.l.map(build);
  if ('j' in v) return JSON.parse(v.j);
  if ('o' in v) { const o = {}; for (const [k, m] of v.o) o[k] = build(m); return o; }
  return v.b;
};
`

type tree = map[string]any

// Describe writes a request down as a line of JSON for [Build], by the names
// and the order of its Go fields, without a line of the package under test.
func Describe(r *edit.Request) ([]byte, error) {
	return json.Marshal(describe(reflect.ValueOf(r)))
}

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
