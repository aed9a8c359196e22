package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"

	"github.com/immagin/immagin-go/immagin/edit"
)

// A schema is what the playground's controls are made from.
type schema struct {
	Groups []struct{ Name, Title string }
	Edits  []schemaEdit
	Output []schemaField
}

type schemaEdit struct {
	Name, Title, Group, About, Words string
	Swatch                           []string      // fields that are one colour
	Empty                            bool          // true stands for no fields
	Value                            *schemaField  // of an edit that is no object
	Fields                           []schemaField // of one that is
}

type schemaField struct {
	Name, Title, Control, About, Unit string
	Required                          bool
	Whole, Above                      bool
	Min, Max, Step                    *float64
	Most                              int // of text
	Lines                             bool
	Slide                             []any
	Start, Default                    any
	Absent                            string // what happens where it is left out
	Options                           []schemaOption
	Formats                           map[string]json.RawMessage // of an output option: what differs there
}

// A schemaOption is a word, or a word with a title.
type schemaOption struct{ Value, Title string }

func (o *schemaOption) UnmarshalJSON(text []byte) error {
	if text[0] == '"' {
		o.Title = "itself"
		return json.Unmarshal(text, &o.Value)
	}
	type object schemaOption
	return json.Unmarshal(text, (*object)(o))
}

func readSchema(t *testing.T) schema {
	t.Helper()
	text, err := fs.ReadFile(pageFiles, "page/schema.json")
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	var s schema
	require.NoError(t, d.Decode(&s))
	return s
}

// fields are those of the edit, or its value as a field without a name.
func (e schemaEdit) fields() []schemaField {
	if e.Value != nil {
		return []schemaField{*e.Value}
	}
	return e.Fields
}

// with is the edit with all that is required and, where it is not nil, with v
// as the named field.
func (e schemaEdit) with(field string, v any) map[string]any {
	if e.Value != nil {
		if v == nil {
			v = some(*e.Value)
		}
		return map[string]any{e.Name: v}
	}
	members := map[string]any{}
	for _, f := range e.Fields {
		if f.Required {
			members[f.Name] = some(f)
		}
	}
	if v != nil {
		members[field] = v
	}
	return map[string]any{e.Name: members}
}

// some is a value that the field takes.
func some(f schemaField) any {
	switch f.Control {
	case "boolean":
		return true
	case "text", "picture":
		return "a"
	}
	return 1
}

func parseEdits(t *testing.T, edits ...map[string]any) (*edit.Request, error) {
	t.Helper()
	text, err := json.Marshal(map[string]any{"key": "a.jpg", "edits": edits})
	require.NoError(t, err)
	return edit.Parse(text, nil)
}

// faultAt returns the message of the only fault, and that it is at path.
func faultAt(t *testing.T, err error, path string) string {
	t.Helper()
	e, ok := errors.AsType[*edit.Error](err)
	require.True(t, ok, "no fault at %s but %v", path, err)
	require.Len(t, e.Faults, 1, "%v", e)
	require.Equal(t, path, e.Faults[0].Path)
	return e.Faults[0].Message
}

// listed is what a message lists after the words: "the members here are a, b".
func listed(t *testing.T, message, words string) []string {
	t.Helper()
	_, list, ok := strings.Cut(message, words)
	require.True(t, ok, message)
	return strings.Split(list, ", ")
}

func TestSchemaHasEveryEditAndNoOther(t *testing.T) {
	s := readSchema(t)
	var groups, names []string
	for _, g := range s.Groups {
		groups = append(groups, g.Name)
		require.NotEmpty(t, g.Title)
	}
	for _, e := range s.Edits {
		names = append(names, e.Name)
		require.Contains(t, groups, e.Group, e.Name)
		require.NotEmpty(t, e.Title, e.Name)
		require.NotEmpty(t, e.About, e.Name)
		require.True(t, (e.Value == nil) != (e.Fields == nil), "%s is a value or has fields", e.Name)
	}
	_, err := parseEdits(t, map[string]any{"none": true})
	known := listed(t, faultAt(t, err, "edits[0].none"), "the edits are ")
	require.Equal(t, "and x-… for those plugged in", known[len(known)-1])
	require.ElementsMatch(t, known[:len(known)-1], names)
}

func TestSchemaHasEveryFieldAndNoOther(t *testing.T) {
	for _, e := range readSchema(t).Edits {
		t.Run(e.Name, func(t *testing.T) {
			r, err := parseEdits(t, e.with("", nil))
			require.NoError(t, err)
			v := reflect.ValueOf(r.Edits[0])
			require.Equal(t, v.Kind() == reflect.Struct, e.Fields != nil)
			if e.Value != nil {
				require.Equal(t, v.Kind() == reflect.Bool, e.Value.Control == "boolean")
				return
			}
			var want, got []string
			for f := range v.Type().Fields() {
				want = append(want, lowerFirst(f.Name))
			}
			for _, f := range e.Fields {
				got = append(got, f.Name)
			}
			require.ElementsMatch(t, want, got)
			_, err = parseEdits(t, e.with("none", 1))
			require.ElementsMatch(t, listed(t, faultAt(t, err, "edits[0]."+e.Name+".none"), "the members here are "), got)
			for _, name := range e.Swatch {
				require.Contains(t, got, name)
			}
		})
	}
}

func lowerFirst(s string) string {
	r := []rune(s)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// The fields' types, ranges and words are those that Parse has.
func TestSchemaTakesWhatParseTakes(t *testing.T) {
	for _, e := range readSchema(t).Edits {
		for _, f := range e.fields() {
			path := "edits[0]." + e.Name
			if f.Name != "" {
				path += "." + f.Name
			}
			t.Run(path, func(t *testing.T) {
				checkField(t, f, path, func(v any) error {
					ask := e.with(f.Name, v)
					if e.Name == "normalize" { // whose ends bound each other
						members := ask[e.Name].(map[string]any)
						for name, widest := range map[string]any{"lower": 0, "upper": 100} {
							if name != f.Name {
								members[name] = widest
							}
						}
					}
					_, err := parseEdits(t, ask)
					return err
				})
			})
			if f.Required && f.Name != "" {
				bare := e.with("", nil)
				delete(bare[e.Name].(map[string]any), f.Name)
				_, err := parseEdits(t, bare)
				require.Contains(t, faultAt(t, err, path), "required")
			}
		}
	}
}

func checkField(t *testing.T, f schemaField, path string, try func(v any) error) {
	t.Helper()
	takes := func(v any) { t.Helper(); require.NoError(t, try(v), "%v", v) }
	refuses := func(v any) string { t.Helper(); return faultAt(t, try(v), path) }

	require.NotEmpty(t, f.Title)
	require.False(t, f.Required && (f.Default != nil || f.Absent != ""), "what is required has no default")
	require.True(t, f.Required || f.Default != nil || f.Absent != "", "what may be left out says what then happens")
	switch f.Control {
	case "slider", "angle", "number":
		refuses("1")
		if f.Control != "number" {
			require.Len(t, f.Slide, 2)
		}
		for _, end := range f.Slide {
			if v, ok := end.(float64); ok {
				takes(v)
			}
		}
		if f.Min == nil {
			takes(-1e300)
		} else if low := *f.Min; f.Above {
			refuses(low)
			takes(math.Nextafter(low, math.Inf(1)))
		} else {
			takes(low)
			refuses(beyond(f, low, -1))
		}
		if f.Max == nil {
			takes(1e300)
		} else {
			takes(*f.Max)
			refuses(beyond(f, *f.Max, 1))
		}
		if f.Whole {
			require.Contains(t, refuses(1.5), "whole")
		} else {
			takes(deref(f.Min, 0) + 0.25)
		}
	case "colour":
		takes("#12345678")
		takes("rebeccapurple")
		takes(map[string]any{"r": 1, "g": 2, "b": 3, "alpha": 0.5})
		refuses("no colour")
		refuses(1)
	case "select", "position":
		var values []string
		for _, o := range f.Options {
			require.NotEmpty(t, o.Title)
			takes(o.Value)
			values = append(values, o.Value)
		}
		message, _, _ := strings.Cut(refuses("none"), `, not "`)
		require.ElementsMatch(t, listed(t, message, "one of "), values)
		if f.Control == "position" {
			require.Equal(t, []string{"top-left", "top", "top-right", "left", "center", "right", "bottom-left", "bottom", "bottom-right"}, values[:9], "the grid's order")
		}
	case "boolean":
		takes(true)
		takes(false)
		refuses(1)
	case "text", "picture":
		takes(strings.Repeat("a", f.Most))
		refuses(strings.Repeat("a", f.Most+1))
		refuses(1)
	default:
		require.Fail(t, "unknown control", "%q", f.Control)
	}
}

// beyond is the number next to the end of a range.
func beyond(f schemaField, end float64, by int) float64 {
	if f.Whole {
		return end + float64(by)
	}
	return math.Nextafter(end, math.Inf(by))
}

// What the schema calls a default is what Parse and the canonical form take a
// member to be that was left out, and what has none is left to the picture.
func TestSchemaDefaults(t *testing.T) {
	for _, e := range readSchema(t).Edits {
		r, err := parseEdits(t, e.with("", nil))
		require.NoError(t, err)
		method := reflect.ValueOf(r.Edits[0]).MethodByName("WithDefaults")
		if !method.IsValid() {
			for _, f := range e.fields() {
				require.True(t, f.Required, "%s.%s: an edit without defaults", e.Name, f.Name)
			}
			continue
		}
		filled := method.Call(nil)[0]
		for _, f := range e.Fields {
			field := reflect.Indirect(filled.FieldByNameFunc(func(name string) bool { return lowerFirst(name) == f.Name }))
			switch {
			case f.Required:
			case f.Default == nil && f.Name == "align": // which follows the position
				require.EqualValues(t, edit.AlignRight, field.Interface(), "of the text at the bottom right")
			case f.Default == nil:
				require.True(t, !field.IsValid() || field.IsZero(), "%s.%s has the default %v", e.Name, f.Name, field)
			default:
				require.EqualValues(t, throughJSON(t, field.Interface()), f.Default, "%s.%s", e.Name, f.Name)
			}
		}
	}
}

// throughJSON is v as it is after a way through JSON.
func throughJSON(t *testing.T, v any) any {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	var back any
	require.NoError(t, json.Unmarshal(text, &back))
	return back
}

// What an edit starts with is taken, and is no more than a control can show.
func TestSchemaStarts(t *testing.T) {
	for _, picture := range []map[string]any{
		{"width": 4000.0, "height": 3000.0, "picture": "samples/logo.png"},
		{"width": 40.0, "height": 30.0, "picture": "a"},
	} {
		for _, e := range readSchema(t).Edits {
			whole := e.with("", nil)
			for _, f := range e.fields() {
				start := f.Start
				if of, ok := start.(map[string]any); ok {
					start = picture[of["of"].(string)]
					if times, ok := of["times"].(float64); ok {
						start = min(start.(float64)*times, deref(f.Max, math.Inf(1)))
						start = math.Ceil(max(start.(float64), deref(f.Min, 0)))
					}
				}
				require.True(t, !f.Required || start != nil, "%s.%s is required", e.Name, f.Name)
				if e.Value != nil {
					whole[e.Name] = start
				} else if start != nil {
					whole[e.Name].(map[string]any)[f.Name] = start
				}
			}
			r, err := parseEdits(t, whole)
			require.NoError(t, err)
			canonical, err := r.Canonical()
			require.NoError(t, err)
			require.Len(t, canonical.Edits, 1, "%s starts by doing nothing", e.Name)
		}
	}
}

func deref(p *float64, zero float64) float64 {
	if p == nil {
		return zero
	}
	return *p
}

// Output options are offered for the formats that have them, and for no other.
func TestSchemaOutput(t *testing.T) {
	s := readSchema(t)
	parse := func(o map[string]any) error {
		text, err := json.Marshal(map[string]any{"key": "a.jpg", "output": o})
		require.NoError(t, err)
		_, err = edit.Parse(text, nil)
		return err
	}
	require.Equal(t, "format", s.Output[0].Name)
	checkField(t, s.Output[0], "output.format", func(v any) error { return parse(map[string]any{"format": v}) })
	require.EqualValues(t, edit.Output{}.WithDefaults().Format, s.Output[0].Default)

	var names []string
	for _, f := range s.Output {
		names = append(names, f.Name)
	}
	require.ElementsMatch(t, listed(t, faultAt(t, parse(map[string]any{"none": 1}), "output.none"), "the members here are "), names)

	for _, format := range s.Output[0].Options {
		filled := reflect.ValueOf(edit.Output{Format: edit.Format(format.Value)}.WithDefaults())
		for _, f := range s.Output[1:] {
			path := "output." + f.Name
			t.Run(format.Value+" "+f.Name, func(t *testing.T) {
				try := func(v any) error { return parse(map[string]any{"format": format.Value, f.Name: v}) }
				differs, ok := f.Formats[format.Value]
				if !ok {
					require.Contains(t, faultAt(t, try(some(f)), path), "must be left out")
					return
				}
				here := f
				here.Formats = nil
				require.NoError(t, json.Unmarshal(differs, &here))
				checkField(t, here, path, try)
				field := reflect.Indirect(filled.FieldByNameFunc(func(name string) bool { return lowerFirst(name) == f.Name }))
				if here.Default == nil {
					require.True(t, !field.IsValid() || field.IsZero(), "the default is %v", field)
				} else {
					require.Equal(t, throughJSON(t, field.Interface()), here.Default)
				}
			})
		}
	}
	for _, f := range s.Output[1:] {
		for _, format := range slices.Collect(maps.Keys(f.Formats)) {
			require.True(t, slices.ContainsFunc(s.Output[0].Options, func(o schemaOption) bool { return o.Value == format }), "%s has an unknown format %s", f.Name, format)
		}
	}
}
